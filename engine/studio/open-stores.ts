import { join } from "node:path";
import { makeThumbnail } from "../codecs/picture-codec.ts";
import { Gallery } from "../gallery/gallery.ts";
import { Exports } from "./exports.ts";
import { hasSetAside } from "../files/stored-file.ts";
import type { Queue } from "../queue/queue.ts";
import { Secrets } from "../secrets/secrets.ts";
import { FormFile } from "../settings/form-file.ts";
import { SettingsFile } from "../settings/settings-file.ts";
import { StyleFile } from "../settings/style-file.ts";
import { Transfers } from "../transfers/transfers.ts";
import type { StudioOptions } from "./studio-options.ts";
import { EventLog } from "./event-log.ts";
import { InitImages } from "./init-images.ts";
import { LiveQueue } from "./live-queue.ts";
import type { LogError } from "./refusals.ts";

/** Everything that lies in the data folder, opened, and the log of what happens to it. */
export interface Stores {
  readonly events: EventLog;
  readonly settings: SettingsFile;
  readonly form: FormFile;
  readonly styles: StyleFile;
  readonly secrets: Secrets;
  readonly gallery: Gallery;
  readonly exports: Exports;
  readonly live: LiveQueue;
  readonly initImages: InitImages;
  readonly transfers: Transfers;
  /** What was found damaged and set right, and what is waited for now, for a person. */
  readonly notices: () => readonly string[];
}

/** Event numbers start from the time in microseconds: always beyond those of an earlier run. */
const EVENTS_PER_MS = 1000;

/** Opens what lies in the data folder. `undo` is told how to close each part. */
export async function openStores(
  { dataFolder, addressOf, lentVault, logError, now = () => new Date() }: StudioOptions,
  undo: AsyncDisposableStack,
): Promise<Stores> {
  const events = new EventLog(now().getTime() * EVENTS_PER_MS);
  undo.defer(() => events.close());
  const settings = await SettingsFile.open(dataFolder);
  const form = await FormFile.open(dataFolder);
  const styles = await StyleFile.open(dataFolder);
  const onNotices = (): void => events.publish({ type: "machine-changed" });
  const secrets = await Secrets.open(dataFolder, lentVault, { onWaiting: onNotices });
  undo.defer(() => secrets.close());
  const readSettings = () => settings.read();
  const gallery = await Gallery.open({ dataFolder, settings: readSettings, makeThumbnail });
  undo.defer(() => gallery.close());
  const live = new LiveQueue(join(dataFolder, "queue.sqlite"), events, {
    now,
    onNotices,
    pictureOf: (generation) => (gallery.has(generation) ? generation : undefined),
  });
  undo.defer(() => live.queue.close());
  const initImages = await InitImages.open(dataFolder, addressOf);
  await pruneInitImages(initImages, { dataFolder, queue: live.queue, form, gallery, now: now() });
  const transfers = await openTransfers(dataFolder, events, logError);
  undo.defer(() => transfers.close());
  const parts = { settings, form, styles, secrets, gallery, transfers };
  const notices = () => [...Object.values(parts), live.queue].flatMap((part) => part.notices);
  return { ...parts, exports: new Exports(), events, live, initImages, notices };
}

interface Naming {
  readonly dataFolder: string;
  readonly queue: Queue;
  readonly form: FormFile;
  readonly gallery: Gallery;
  readonly now: Date;
}

/** Nothing is deleted that a row, the form or a picture names, or a queue or form that was set aside may name. */
async function pruneInitImages(images: InitImages, naming: Naming): Promise<void> {
  const { dataFolder, queue, form, gallery, now } = naming;
  if (["queue.sqlite", "form.json"].some((name) => hasSetAside(join(dataFolder, name)))) return;
  const named = JSON.stringify([queue.orderTexts(), form.read()]);
  let started: ReadonlySet<string> | undefined;
  // The gallery is gone through only where something is named nowhere else.
  const isStarted = (id: string): boolean => (started ??= gallery.startImages()).has(id);
  await images.prune((id) => named.includes(id) || isStarted(id), now);
}

function openTransfers(
  dataFolder: string,
  events: EventLog,
  logError: LogError,
): Promise<Transfers> {
  return Transfers.open({
    dataFolder,
    onChange: (transfers) =>
      events.publish({ type: "transfers-changed", transfers: [...transfers] }),
    onRemove: (ids) => events.publish({ type: "transfers-removed", ids: [...ids] }),
    logError: (error) => logError(error, "a transfer"),
  });
}
