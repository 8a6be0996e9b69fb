import type { CudaInstaller } from "../drawing/cuda.ts";
import type { TransferRunner } from "../transfers/runner.ts";

export interface CudaWorkParts {
  readonly installer: CudaInstaller;
  /** Called when libraries were installed, so that devices are probed again. */
  readonly onLibraries: () => Promise<unknown>;
}

/** Installing support for NVIDIA cards, as a transfer. */
export function cudaWork({ installer, onLibraries }: CudaWorkParts): TransferRunner {
  return {
    canPause: true,
    run: async ({ signal, onProgress, onNote }) => {
      // A transfer is only created once the licence was accepted.
      const acceptsLicence = true;
      const report = await installer.install({
        acceptsLicence,
        signal,
        onProgress: (progress) => {
          if (progress.stage === "checking") onNote("checking what is installed");
          if (progress.stage === "unpacking") onNote(`unpacking ${progress.name}`);
          if (progress.stage === "probing") onNote("running a test calculation on the device");
          if (progress.stage !== "downloading") return;
          const { receivedBytes: doneBytes, totalBytes } = progress;
          onProgress({ doneBytes, totalBytes });
        },
      });
      onNote(outcomeOf(report));
      await onLibraries();
      return undefined;
    },
    discard: () => installer.discard(),
  };
}

/** Whether it is ready, and if not, what the machine still needs. */
function outcomeOf({ missing, probe }: Awaited<ReturnType<CudaInstaller["install"]>>): string {
  if (probe.ok) return "CUDA is ready.";
  const needs = missing.map(({ what, advice }) => `${what}. ${advice}`);
  return `The libraries are installed, but CUDA is not ready. Missing: ${needs.join(" ")}`;
}
