import type { MissingPart } from "./requirements.ts";
import type { Trust } from "./statement.ts";

/** What one MatMul on the device came to; `runtime/` runs it. */
export type CudaProbe =
  | { readonly ok: true; readonly name?: string }
  | { readonly ok: false; readonly reason: string };

/** What `installCuda` did and found, as plain data. */
export interface CudaReport {
  readonly installed: "placed" | "already there";
  readonly version: string;
  readonly folder: string;
  readonly libraries: readonly string[];
  readonly trust: Trust;
  readonly missing: readonly MissingPart[];
  readonly probe: CudaProbe;
}

/** Whether pictures can be made with CUDA now. */
export function isCudaReady({ missing, probe }: CudaReport): boolean {
  return probe.ok && missing.length === 0;
}

/** The report for a person; its last line says whether CUDA can be used. */
export function formatCudaReport(report: CudaReport): string {
  const { installed, version, folder, libraries, trust, missing, probe } = report;
  const how = installed === "placed" ? "are in place" : "were already there";
  return [
    `The CUDA libraries of ONNX Runtime ${version} ${how}: ${libraries.join(", ")}`,
    `  in ${folder}`,
    `  SHA-512 ${trust}`,
    ...missing.flatMap(({ what, advice }) => [`Missing: ${what}`, `  ${advice}`]),
    `MatMul on the device: ${probe.ok ? `right${named(probe.name)}` : probe.reason}`,
    isCudaReady(report)
      ? "CUDA is ready."
      : "CUDA is not ready yet; run `npm run cuda` again after the steps above.",
  ].join("\n");
}

function named(name: string | undefined): string {
  return name === undefined ? "" : `, on ${name}`;
}
