import { cpus, freemem } from "node:os";
import { join } from "node:path";
import { readdir, readFile } from "node:fs/promises";
import type { ChosenDevice, DeviceList } from "../worker/device-list.ts";
import type { DeviceReport } from "../contract/devices.ts";
import type { Estimate } from "../contract/generation.ts";
import type { Machine, Notice } from "../contract/machine.ts";
import { StudioError } from "../contract/errors.ts";
import type { CudaInstaller } from "../drawing/cuda.ts";
import type { Transfers } from "../transfers/transfers.ts";
import { SOFTWARE } from "../contract/software.ts";
import { knownPlaces, listFolders } from "../files/folder-listing.ts";
import { diskSpace } from "../files/free-space.ts";
import { residentBytes } from "../files/process-memory.ts";
import { os } from "./implementer.ts";
import { usableMemory } from "../store/fit.ts";

export interface MachineParts {
  readonly dataFolder: string;
  readonly pictureFolder: () => string;
  readonly device: () => ChosenDevice | undefined;
  readonly loadedModel: () => string | undefined;
  readonly inferencePid: () => number | undefined;
  /** For the reference picture that machines are compared by. */
  readonly estimate: (device: ChosenDevice) => Estimate;
  /** Seconds of that picture with each preset. */
  readonly presets: (device: ChosenDevice) => Machine["presets"];
  readonly notices: () => readonly Notice[];
  /** Makes a one-time address of the studio. */
  readonly freshAddress: () => string | Promise<string>;
}

/** The machine that the studio runs on, and access to it. */
export function machineProcedures(parts: MachineParts) {
  return {
    get: os.machine.get.handler(() => describe(parts)),
    folders: os.machine.folders.handler(({ input }) => listFolders(input)),
    places: os.machine.places.handler(async () => [...(await knownPlaces())]),
    open: os.machine.open.handler(async () => ({ url: await parts.freshAddress() })),
  };
}

async function describe(parts: MachineParts): Promise<Machine> {
  const device = parts.device();
  const { provider, fallback } = device ?? {};
  return {
    version: SOFTWARE.version,
    platform: `${process.platform}-${process.arch}`,
    dataFolder: parts.dataFolder,
    pictureFolder: parts.pictureFolder(),
    memory: await memoryOf(parts.inferencePid()),
    disk: await diskSpace(parts.pictureFolder()),
    device: provider && { provider, name: await deviceName(provider), fallback },
    loadedModel: parts.loadedModel(),
    estimate: device && parts.estimate(device),
    presets: device && parts.presets(device),
    notices: [...parts.notices()],
  };
}

const NVIDIA = "/proc/driver/nvidia/gpus";

/** Memory of this machine, or what this process may use of it; the studio's includes its inference process. */
export async function memoryOf(inferencePid: number | undefined): Promise<Machine["memory"]> {
  const total = usableMemory();
  const free = Math.min(total, process.availableMemory() || freemem());
  const inference = inferencePid === undefined ? 0 : await residentBytes(inferencePid);
  return { total, free, studio: process.memoryUsage.rss() + inference };
}

/** The name of the processor or card, if the system gives it. */
export async function deviceName(provider: DeviceReport["provider"]): Promise<string | undefined> {
  if (provider === "cpu") return cpus()[0]?.model.trim();
  return provider === "cuda" ? nvidiaName() : undefined;
}

async function nvidiaName(): Promise<string | undefined> {
  const [first] = await readdir(NVIDIA).catch(() => []);
  if (first === undefined) return undefined;
  const text = await readFile(join(NVIDIA, first, "information"), "utf8").catch(() => "");
  return /^Model:\s*(.+)$/m.exec(text)?.[1];
}

export interface DevicesParts {
  readonly devices: DeviceList;
  readonly transfers: Transfers;
  readonly cuda: CudaInstaller;
  /** Called when libraries were installed or removed, so that devices are probed again. */
  readonly onLibraries: () => Promise<unknown>;
}

/** This machine's devices, and support that can be added. */
export function devicesProcedures({ devices, transfers, cuda, onLibraries }: DevicesParts) {
  return {
    list: os.devices.list.handler(async ({ input }) => [...(await devices.list(input.isFresh))]),
    installCuda: os.devices.installCuda.handler(async () => ({
      transferId: await transfers.add({ kind: "cuda", name: "ONNX Runtime", order: null }),
    })),
    cudaOffer: os.devices.cudaOffer.handler(() => cuda.offer()),
    removeCuda: os.devices.removeCuda.handler(async () => {
      const running = transfers
        .list()
        .find(({ kind, state }) => kind === "cuda" && state === "running");
      if (running !== undefined) {
        const details = { what: "CUDA support", wanted: "removed", state: "being added" };
        throw new StudioError("STATE_CONFLICT", details);
      }
      await cuda.remove();
      await onLibraries();
    }),
  };
}
