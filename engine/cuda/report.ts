import type { MissingPart } from "./requirements.ts";

/** What one product on the device came to; `runtime/` computes it. */
export type CudaProbe = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** What `installCuda` did and found, as plain data. */
export interface CudaReport {
  readonly installed: "placed" | "already there";
  readonly version: string;
  readonly folder: string;
  readonly missing: readonly MissingPart[];
  readonly probe: CudaProbe;
}

/** The report for a person; its last line says whether CUDA can be used. */
export function formatCudaReport({
  installed,
  version,
  folder,
  missing,
  probe,
}: CudaReport): string {
  const how = installed === "placed" ? "were installed" : "were already installed";
  return [
    `ONNX Runtime ${version}'s CUDA provider and NVIDIA's libraries ${how} in ${folder}.`,
    ...missing.flatMap(({ what, advice }) => [`Missing: ${what}`, `  ${advice}`]),
    `Test calculation on the device: ${probe.ok ? "correct" : probe.reason}.`,
    probe.ok
      ? "CUDA is ready."
      : "CUDA is not ready yet. Run `npm run cuda` again after the steps above.",
  ].join("\n");
}
