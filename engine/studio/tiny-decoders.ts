import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { StudioError } from "../contract/errors.ts";
import type { TinyDecoderEntry } from "../contract/catalogue.ts";
import { readTinyDecoder } from "../drawing/tiny-decoder.ts";
import { TINY_DECODERS } from "../hub/catalogue.ts";
import { downloadModel } from "../hub/download-model.ts";
import type { HubAccess } from "../hub/hub-access.ts";
import type { SettingsFile } from "../settings/settings-file.ts";
import type { TransferRun } from "../transfers/runner.ts";
import type { EventLog } from "./event-log.ts";

/** The order of a tiny decoder's download, as transfers store it. */
export const tinyDecoderOrder = z.strictObject({ tinyDecoderId: z.string() });

export interface TinyDecoderParts {
  readonly dataFolder: string;
  readonly hub: () => Promise<HubAccess>;
  readonly settings: SettingsFile;
  readonly events: EventLog;
}

/** The catalogue's entry of a tiny decoder. Refuses as NOT_FOUND if there is none. */
export function knownTinyDecoder(id: string): Omit<TinyDecoderEntry, "folder"> {
  const found = TINY_DECODERS.find((entry) => entry.id === id);
  if (found === undefined) throw new StudioError("NOT_FOUND", { what: "tiny decoder", id });
  return found;
}

/** All tiny decoders that can be downloaded, with the folder of those that have been. */
export function tinyDecoders(dataFolder: string): Promise<TinyDecoderEntry[]> {
  return Promise.all(
    TINY_DECODERS.map(async (entry) => {
      const folder = join(downloadFolder(dataFolder, entry.id), "snapshot");
      const isThere = await readTinyDecoder(folder).then(
        () => true,
        () => false,
      );
      const copy = { ...entry, sources: [...entry.sources] };
      return isThere ? { ...copy, folder } : copy;
    }),
  );
}

/** Downloads a tiny decoder and selects it in the settings. An incomplete download is kept and continued next time. */
export async function bringTinyDecoder(
  { order, signal, onProgress, onNote }: TransferRun,
  { dataFolder, hub, settings, events }: TinyDecoderParts,
): Promise<undefined> {
  const { id, sources } = knownTinyDecoder(tinyDecoderOrder.parse(order).tinyDecoderId);
  const folder = downloadFolder(dataFolder, id);
  const wanted = { sources, isTinyVae: true };
  await mkdir(folder, { recursive: true });
  await downloadModel({ ...wanted, access: await hub(), folder, signal, onProgress, onNote });
  const chosen = join(folder, "snapshot");
  await readTinyDecoder(chosen);
  const now = await settings.change({ tinyDecoder: chosen });
  events.publish({ type: "settings-changed", settings: now });
}

function downloadFolder(dataFolder: string, id: string): string {
  return join(dataFolder, "tiny-decoders", id);
}
