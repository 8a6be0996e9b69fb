/** Something the machine lacks, and the exact next step. */
export interface MissingPart {
  readonly what: string;
  readonly advice: string;
}

/** What was found on the machine. */
export interface MachineLibraries {
  /** Names of the libraries the loader finds. */
  readonly loadable: ReadonlySet<string>;
  /** Libraries that lie in a usual folder the loader does not search: name to folder. */
  readonly elsewhere: ReadonlyMap<string, string>;
  /** What `nvidia-smi` printed (QUERY in machine.ts), or null where it is not installed. */
  readonly nvidiaSmi: string | null;
}

/** A GPU as the driver names it. */
export interface NvidiaGpu {
  readonly name: string;
  readonly driver: string;
}

// Loaded by name at the first convolution, so it is not among the linked libraries
// (onnxruntime pull request 29252); no UNet runs without it.
const CUDNN = "libcudnn.so.9";
const DRIVER = "libcuda.so.1";

// Oldest driver for each CUDA major version: NVIDIA, "CUDA Compatibility", minor version table.
const OLDEST_DRIVER: Readonly<Record<number, number>> = { 12: 525, 13: 580 };

/**
 * The libraries that `ldconfig -p` says the loader finds, 64-bit x86 ones only. The folder `stubs`
 * is left out: what lies there is for linking and has no driver in it.
 */
export function parseLoaderCache(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const line of text.split("\n")) {
    const [, name, traits, path] = /^\s+(\S+) \(([^)]*)\) => (\S.*)$/.exec(line) ?? [];
    if (!name || !path || !traits?.includes("x86-64") || path.includes("/stubs/")) continue;
    names.add(name);
  }
  return names;
}

/** The GPUs in `nvidia-smi`'s CSV; none where it printed a complaint instead. */
export function parseNvidiaSmi(text: string): readonly NvidiaGpu[] {
  return text.split("\n").flatMap((line) => {
    const [, name, driver] = /^(.+), (\d+\.\d+(?:\.\d+)?)\s*$/.exec(line) ?? [];
    return name && driver ? [{ name, driver }] : [];
  });
}

/** The major version of CUDA that `needed` links to, or null where it links to none. */
export function cudaVersion(needed: readonly string[]): number | null {
  const runtime = needed.map((name) => /^lib(?:cudart|cublas)\.so\.(\d+)/.exec(name)?.[1]);
  const found = runtime.find((version) => version !== undefined);
  return found === undefined ? null : Number(found);
}

/**
 * What stands between the CUDA provider and a GPU. `needed` are the libraries the provider itself
 * links to, so the list follows the build that was fetched: 1.26 was built for CUDA 12, 1.30.0 is
 * built for CUDA 13, and no table here has to know.
 */
export function missingParts(
  needed: readonly string[],
  machine: MachineLibraries,
): readonly MissingPart[] {
  const version = cudaVersion(needed);
  const absent = needed.filter((name) => isCudaLibrary(name) && !machine.loadable.has(name));
  return [
    driverPart(version, machine),
    absent.length > 0 ? cudaPart(absent, version, machine) : null,
    machine.loadable.has(CUDNN) ? null : cudnnPart(version, machine),
  ].filter((part) => part !== null);
}

/** The parts that may still be missing although a MatMul ran on the device: MatMul needs no cuDNN. */
export function missingAfterMatMul(
  needed: readonly string[],
  machine: MachineLibraries,
): readonly MissingPart[] {
  return machine.loadable.has(CUDNN) ? [] : [cudnnPart(cudaVersion(needed), machine)];
}

// glibc and libstdc++ are not asked about: Node itself would not run without them.
function isCudaLibrary(name: string): boolean {
  return /^lib(cu|nv|nccl)/.test(name) && name !== DRIVER && name !== CUDNN;
}

function driverPart(version: number | null, machine: MachineLibraries): MissingPart | null {
  const oldest = version === null ? undefined : OLDEST_DRIVER[version];
  const wanted = oldest === undefined ? "NVIDIA's driver" : `NVIDIA's driver, ${oldest} or newer`;
  if (!machine.loadable.has(DRIVER)) {
    return { what: `${wanted} (${DRIVER})`, advice: installDriver(wanted) };
  }
  if (machine.nvidiaSmi === null) return null;
  const [gpu] = parseNvidiaSmi(machine.nvidiaSmi);
  if (gpu === undefined) return silentDriver(machine.nvidiaSmi);
  if (oldest === undefined || Number.parseInt(gpu.driver, 10) >= oldest) return null;
  return { what: `${wanted} (found ${gpu.driver})`, advice: installDriver(wanted) };
}

function installDriver(wanted: string): string {
  return (
    `Install ${wanted} (your distribution's package, or https://www.nvidia.com/drivers) and ` +
    "restart the machine. In a container: start it with the GPU, as with `docker run --gpus all`."
  );
}

function silentDriver(complaint: string): MissingPart {
  const said = complaint.trim().split("\n")[0]?.slice(0, 200) ?? "";
  return {
    what: said === "" ? "a GPU the driver can see" : `a GPU the driver can see (it says: ${said})`,
    advice: "Restart the machine, which loads the driver anew, then run `nvidia-smi`.",
  };
}

function cudaPart(
  absent: readonly string[],
  version: number | null,
  machine: MachineLibraries,
): MissingPart {
  const cuda = version === null ? "CUDA" : `CUDA ${version}`;
  const packageName = version === null ? "cuda-libraries" : `cuda-libraries-${version}-0`;
  return {
    what: `${cuda} (${absent.join(", ")})`,
    advice:
      howToSearch(absent, machine) ??
      `Install ${cuda}'s libraries from https://developer.nvidia.com/cuda-downloads ` +
        `(package ${packageName} or newer of the same series).${otherVersion(absent, machine)}`,
  };
}

function cudnnPart(version: number | null, machine: MachineLibraries): MissingPart {
  const suffix = version === null ? "" : `-cuda-${version}`;
  return {
    what: `cuDNN 9 (${CUDNN})`,
    advice:
      howToSearch([CUDNN], machine) ??
      `Install cuDNN 9${version === null ? "" : ` for CUDA ${version}`} from ` +
        `https://developer.nvidia.com/cudnn-downloads (package cudnn9${suffix}).`,
  };
}

/** How to make the loader search the folders where all of `absent` lie, or null where some do not. */
function howToSearch(absent: readonly string[], machine: MachineLibraries): string | null {
  const folders = new Set(absent.map((name) => machine.elsewhere.get(name)));
  if (folders.has(undefined)) return null;
  const list = [...folders].join(":");
  return `It is in ${list}, where the loader does not look: export LD_LIBRARY_PATH=${list}`;
}

function otherVersion(absent: readonly string[], machine: MachineLibraries): string {
  const stems = absent.map((name) => name.replace(/\.so\..*$/, ".so."));
  const known = [...machine.loadable, ...machine.elsewhere.keys()];
  const other = known.find(
    (name) => !absent.includes(name) && stems.some((stem) => name.startsWith(stem)),
  );
  return other === undefined
    ? ""
    : ` ${other} is here, but belongs to another version; both can stay side by side.`;
}
