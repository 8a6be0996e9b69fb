import { execFile } from "node:child_process";
import { readdir, statfs } from "node:fs/promises";

import type { Dependencies } from "./elf.ts";
import { parseLoaderCache, type MachineLibraries } from "./requirements.ts";
import { isAbsent } from "../files/system-error.ts";

/** What `installCuda` asks of the machine it runs on. */
export interface CudaEnvironment {
  readonly platform: string;
  readonly arch: string;
  /** LD_LIBRARY_PATH as the inference process will have it. */
  readonly libraryPath: string;
  /** The text of `ldconfig -p`; empty where there is none. */
  readonly loaderCache: () => Promise<string>;
  /** What `nvidia-smi` says of name and driver, its complaint if it fails, null if not installed. */
  readonly nvidiaSmi: () => Promise<string | null>;
  /** The names in a folder; none where it cannot be read. */
  readonly namesIn: (folder: string) => Promise<readonly string[]>;
  /** The bytes this user may still write to the disk `folder` is on. */
  readonly freeBytes: (folder: string) => Promise<number>;
}

const QUERY = ["--query-gpu=name,driver_version", "--format=csv,noheader"];
const COMMAND_TIMEOUT_MS = 10_000;
// Debian keeps ldconfig out of an ordinary user's PATH.
const LDCONFIG = ["ldconfig", "/sbin/ldconfig", "/usr/sbin/ldconfig"];

// Searched by the loader even where there is no cache: ld.so(8), with Debian's and NixOS's places.
const TRUSTED_FOLDERS = [
  "/lib",
  "/usr/lib",
  "/lib64",
  "/usr/lib64",
  "/lib/x86_64-linux-gnu",
  "/usr/lib/x86_64-linux-gnu",
];
// Where NVIDIA's and Arch's installers put CUDA without telling the loader.
const USUAL_FOLDERS = [
  "/usr/local/cuda/lib64",
  "/usr/local/cuda-13/lib64",
  "/usr/local/cuda-12/lib64",
  "/opt/cuda/lib64",
  "/usr/lib/wsl/lib",
  "/run/opengl-driver/lib",
];

/** The machine this process runs on. */
export function thisMachine(): CudaEnvironment {
  return {
    platform: process.platform,
    arch: process.arch,
    libraryPath: process.env["LD_LIBRARY_PATH"] ?? "",
    loaderCache: firstLoaderCache,
    nvidiaSmi: async () => (await run("nvidia-smi", QUERY))?.output ?? null,
    namesIn: (folder) => readdir(folder).catch(() => []),
    freeBytes: async (folder) => {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
  };
}

/** The libraries of `environment`, as the CUDA provider in `folder` would find them. */
export async function surveyLibraries(
  environment: CudaEnvironment,
  folder: string,
  { runPath }: Dependencies,
): Promise<MachineLibraries> {
  const own = runPath.map((path) => path.replace(/\$(ORIGIN|\{ORIGIN\})/, folder));
  const path = environment.libraryPath.split(/[:;]/).filter(Boolean);
  const loadable = new Set(parseLoaderCache(await environment.loaderCache()));
  for (const searched of [...path, ...own, ...TRUSTED_FOLDERS]) {
    for (const name of await environment.namesIn(searched)) loadable.add(name);
  }
  const elsewhere = new Map<string, string>();
  for (const usual of USUAL_FOLDERS) {
    for (const name of await environment.namesIn(usual)) elsewhere.set(name, usual);
  }
  return { loadable, elsewhere, nvidiaSmi: await environment.nvidiaSmi() };
}

/** Why CUDA makes no sense on this platform, with what there is instead; null on Linux x64. */
export function platformObstacle({ platform, arch }: CudaEnvironment): string | null {
  if (platform === "linux" && arch === "x64") return null;
  if (platform === "linux") {
    return `onnxruntime-node has no CUDA build for Linux on ${arch}; it runs on the CPU (cpu)`;
  }
  if (platform === "win32") {
    return "on Windows the graphics card is used through DirectML (dml), which is built in";
  }
  if (platform !== "darwin") return `there is no CUDA build for ${platform} on ${arch}`;
  return arch === "arm64"
    ? "a Mac has no CUDA; its graphics chip is used through Core ML (coreml), which is built in"
    : "a Mac has no CUDA, and onnxruntime-node has no build for Intel Macs";
}

async function firstLoaderCache(): Promise<string> {
  for (const command of LDCONFIG) {
    const ran = await run(command, ["-p"]);
    if (ran?.succeeded) return ran.output;
  }
  return "";
}

interface Ran {
  readonly succeeded: boolean;
  readonly output: string;
}

/** Runs a command without a shell; null where it is not installed. */
function run(command: string, args: readonly string[]): Promise<Ran | null> {
  const options = { timeout: COMMAND_TIMEOUT_MS, maxBuffer: 16 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      if (isAbsent(error)) resolve(null);
      else resolve({ succeeded: error === null, output: `${stdout}${error ? stderr : ""}` });
    });
  });
}
