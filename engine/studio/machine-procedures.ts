import type { Estimate } from "../contract/generation.ts";
import type { Machine } from "../contract/machine.ts";
import { SOFTWARE } from "../contract/software.ts";
import { diskSpace } from "../files/free-space.ts";
import type { ChosenDevice } from "../worker/device-list.ts";
import { os } from "./implementer.ts";
import { deviceName, memoryOf } from "./machine.ts";

export interface MachineParts {
  readonly dataFolder: string;
  readonly pictureFolder: () => string;
  readonly device: () => ChosenDevice | undefined;
  readonly loadedModel: () => string | undefined;
  readonly inferencePid: () => number | undefined;
  /** Of the picture by which machines are compared. */
  readonly estimate: (device: ChosenDevice) => Estimate;
  readonly notices: () => readonly string[];
  /** Makes a one-time address of the studio. */
  readonly freshAddress: () => string | Promise<string>;
}

/** What the studio runs on, and the way into it. */
export function machineProcedures(parts: MachineParts) {
  return {
    get: os.machine.get.handler(() => describe(parts)),
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
    notices: [...parts.notices()],
  };
}
