import type { CudaInstaller } from "../drawing/cuda.ts";
import type { TransferRunner } from "../transfers/runner.ts";

export interface CudaWorkParts {
  readonly installer: CudaInstaller;
  /** Told when libraries have come: the devices are other ones now. */
  readonly onInstalled: () => Promise<unknown>;
}

type Progress = Parameters<Parameters<CudaInstaller["install"]>[0]["onProgress"]>[0];

/** What is done besides fetching, for a person to read. */
const WORDS: Readonly<Record<Exclude<Progress["stage"], "downloading">, string>> = {
  asking: "asking the publisher what the package should be",
  checking: "checking the package",
  unpacking: "unpacking the libraries",
  probing: "multiplying two matrices on the device",
};

/** How support for NVIDIA cards comes to this machine, as transfers carry it out. */
export function cudaWork({ installer, onInstalled }: CudaWorkParts): TransferRunner {
  return {
    canPause: true,
    run: async ({ signal, onProgress, onNote }) => {
      const report = await installer.install({
        signal,
        onProgress: (progress) => {
          if (progress.stage !== "downloading") return onNote(WORDS[progress.stage]);
          const { receivedBytes: doneBytes, totalBytes } = progress;
          onProgress({ doneBytes, totalBytes });
        },
      });
      onNote(outcomeOf(report));
      await onInstalled();
      return undefined;
    },
    discard: () => installer.discard(),
  };
}

/** Whether it is ready, and what else the machine needs where it is not. */
function outcomeOf({ missing, probe }: Awaited<ReturnType<CudaInstaller["install"]>>): string {
  const needs = missing.map(({ what, advice }) => `${what}: ${advice}`);
  if (probe.ok && needs.length === 0) return "CUDA is ready";
  const why = needs.length > 0 ? needs.join("; ") : probe.ok ? "" : probe.reason;
  return `the libraries are in place, and this is missing: ${why}`;
}
