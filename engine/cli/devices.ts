import { Command } from "commander";
import type { DeviceReport } from "../contract/devices.ts";
import { cudaLibraries } from "../drawing/cuda.ts";
import { deviceProbe } from "../drawing/devices.ts";
import { printResult } from "./outcome.ts";

/** `devices`: what this machine can compute on, best first. */
export function devicesCommand(): Command {
  return new Command("devices")
    .description(
      "List the devices of this machine, best first, and say why the others are not used.",
    )
    .option("--json", "one JSON object per line")
    .action(async ({ json }: { json?: boolean }) => {
      for (const report of await deviceProbe(cudaLibraries())()) {
        printResult(json, { type: "device", ...report }, inWords(report));
      }
    });
}

function inWords({ provider, available, float16, reason }: DeviceReport): string {
  const state = available ? `ready, ${float16 ? "fp16" : "fp32"}` : "not available";
  return `${provider.padEnd(8)}${state}${reason === undefined ? "" : `: ${reason}`}`;
}
