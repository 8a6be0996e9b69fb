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

/** The open stores of the data folder, and the log of their changes. */
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
  /** Notices about repaired damage, and about what is being waited for. */
  readonly notices: () => readonly string[];
}

/** Event numbers start from the time in microseconds, and so are larger than in earlier runs. */
const EVENTS_PER_MS = 1000;

/** Opens the stores of the data folder. `undo` collects how to close them. */
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

/**
 * Keeps everything that a row, the form or a picture refers to, or that a queue or form which was moved aside may refer
 * to.
 */
async function pruneInitImages(images: InitImages, naming: Naming): Promise<void> {
  const { dataFolder, queue, form, gallery, now } = naming;
  if (["queue.sqlite", "form.json"].some((name) => hasSetAside(join(dataFolder, name)))) return;
  const named = JSON.stringify([queue.orderTexts(), form.read()]);
  let started: ReadonlySet<string> | undefined;
  // The gallery is searched only for images that nothing else refers to.
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
