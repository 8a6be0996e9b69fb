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

/** What a download of a tiny decoder is kept as. */
export const tinyDecoderOrder = z.strictObject({ tinyDecoderId: z.string() });

export interface TinyDecoderParts {
  readonly dataFolder: string;
  readonly hub: () => Promise<HubAccess>;
  readonly settings: SettingsFile;
  readonly events: EventLog;
}

/** What the catalogue says of a tiny decoder. Refuses as NOT_FOUND. */
export function knownTinyDecoder(id: string): Omit<TinyDecoderEntry, "folder"> {
  const found = TINY_DECODERS.find((entry) => entry.id === id);
  if (found === undefined) throw new StudioError("NOT_FOUND", { what: "tiny decoder", id });
  return found;
}

/** All that can be fetched, and where those are that were. */
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

/** Fetches one and chooses it. What is half there stays for the next time. */
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
