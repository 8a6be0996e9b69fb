import { execFile } from "node:child_process";
import { isAbsent } from "../files/system-error.ts";

/** Something the machine lacks, and the next step. */
export interface MissingPart {
  readonly what: string;
  readonly advice: string;
}

/** A GPU with the driver's name for it, and its compute capability if the driver reports it. */
export interface NvidiaGpu {
  readonly name: string;
  readonly driver: string;
  readonly capability?: number;
}

// CUDA 13: NVIDIA, "CUDA Compatibility" (oldest driver), and its release notes, which end with Volta.
const OLDEST_DRIVER = 580;
const LEAST_CAPABILITY = 7.5;

const CARDS = "GeForce GTX 16 or RTX 20, Quadro RTX, Tesla T4, or a later one";
const MEANWHILE =
  "Until then Darkroom uses the card through WebGPU, where its driver offers Vulkan: " +
  "`npm run darkroom -- devices` shows it.";
const NEW_DRIVER =
  `Install NVIDIA's driver, ${OLDEST_DRIVER} or newer (your distribution's package, or ` +
  "https://www.nvidia.com/drivers), and restart the computer. In a container: start it with the GPU, " +
  "as with `docker run --gpus all`.";

/**
 * What is missing for a test on the device, with the libraries installed. `reason` is why the test failed, in words;
 * `nvidiaSmi` is the output of `askNvidiaSmi`, null if the program is not installed.
 */
export function missingParts(reason: string, nvidiaSmi: string | null): readonly MissingPart[] {
  const wanted = `NVIDIA's driver, ${OLDEST_DRIVER} or newer`;
  const [gpu] = parseNvidiaSmi(nvidiaSmi ?? "");
  // Containers have the driver's library often without its programs.
  if (nvidiaSmi === null) return [{ what: `${wanted} (${reason})`, advice: NEW_DRIVER }];
  if (gpu === undefined) return [silentDriver(nvidiaSmi)];
  if (Number.parseInt(gpu.driver, 10) < OLDEST_DRIVER) {
    return [{ what: `${wanted} (found ${gpu.driver})`, advice: `${NEW_DRIVER} ${MEANWHILE}` }];
  }
  if (gpu.capability !== undefined && gpu.capability < LEAST_CAPABILITY) {
    const what = `a card that CUDA 13 supports (found ${gpu.name}, compute capability ${gpu.capability})`;
    return [{ what, advice: `CUDA 13 needs a ${CARDS}. Darkroom uses this one through WebGPU.` }];
  }
  return [{ what: `a working test calculation on ${gpu.name} (${reason})`, advice: UNEXPECTED }];
}

const UNEXPECTED =
  "Driver and card are ones that CUDA 13 supports. Restart the computer and run `npm run cuda` again; " +
  "if it stays, report it with this sentence.";

/** The GPUs in `nvidia-smi`'s CSV; none if it printed an error instead. */
export function parseNvidiaSmi(text: string): readonly NvidiaGpu[] {
  return text.split("\n").flatMap((line) => {
    const [, name, driver, capability] =
      /^(.+?), (\d+\.\d+(?:\.\d+)?)(?:, (\d+\.\d+))?\s*$/.exec(line) ?? [];
    if (name === undefined || driver === undefined) return [];
    return [{ name, driver, ...(capability !== undefined && { capability: Number(capability) }) }];
  });
}

/** What `nvidia-smi` says of name, driver and capability, its complaint if it fails, null if not installed. */
export async function askNvidiaSmi(): Promise<string | null> {
  const all = await nvidiaSmi("name,driver_version,compute_cap");
  // Drivers before 510 do not know of capabilities, and say so instead.
  const isKnown = all === null || parseNvidiaSmi(all).length > 0;
  return isKnown ? all : nvidiaSmi("name,driver_version");
}

const PROGRAM = "nvidia-smi";
const TIMEOUT_MS = 10_000;

function nvidiaSmi(fields: string): Promise<string | null> {
  const args = [`--query-gpu=${fields}`, "--format=csv,noheader"];
  return new Promise((resolve) => {
    execFile(PROGRAM, args, { timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      if (isAbsent(error)) resolve(null);
      else resolve(`${stdout}${error ? stderr : ""}`);
    });
  });
}

function silentDriver(complaint: string): MissingPart {
  const said = complaint.trim().split("\n")[0]?.slice(0, 200) ?? "";
  return {
    what:
      said === "" ? "a card the driver can see" : `a card the driver can see (it says: ${said})`,
    advice: "Restart the computer, which loads the driver again, then run `nvidia-smi`.",
  };
}
