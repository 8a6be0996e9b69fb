import { Command } from "commander";
import { CUDA_NOT_ADDED, type DeviceReport } from "../contract/devices.ts";
import { cudaLibraries } from "../drawing/cuda.ts";
import { deviceProbe } from "../drawing/devices.ts";
import { printResult } from "./outcome.ts";

/** `devices`: what this machine can compute on, best first. */
export function devicesCommand(): Command {
  return new Command("devices")
    .description(
      "Lists the devices of this computer, best first, and says why the others are not used.",
    )
    .option("--json", "one JSON object per line")
    .action(async ({ json }: { json?: boolean }) => {
      for (const report of await deviceProbe(cudaLibraries())()) {
        printResult(json, { type: "device", ...report }, describeDevice(report));
      }
    });
}

/** A device's line in the list. */
export function describeDevice({ provider, available, reason, ...report }: DeviceReport): string {
  const state = available ? `ready, ${precisionOf(report)}` : "not available";
  const hint = reason === CUDA_NOT_ADDED ? "; `npm run cuda` adds them" : "";
  const named = report.name === undefined ? "" : ` (${report.name})`;
  return `${provider.padEnd(8)}${state}${named}${reason === undefined ? "" : `: ${reason}${hint}`}`;
}

function precisionOf({
  float16,
  fusedOperators,
  int8Bits,
}: Pick<DeviceReport, "float16" | "fusedOperators" | "int8Bits">): string {
  const precision = float16 ? "fp16" : "fp32";
  if (int8Bits !== undefined) return `${precision} or int8${int8Bits < 8 ? INT8_NARROW : ""}`;
  if (fusedOperators === undefined) return precision;
  return `${precision}, ${fusedOperators ? "fused operators" : "plain operators: the fused ones failed their test"}`;
}

const INT8_NARROW = " with weights of 7 bits, because this processor would saturate with 8";
