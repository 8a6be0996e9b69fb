import { join } from "node:path";
import { LOCAL_TARGET } from "../contract/generation.ts";
import { listDevices } from "../drawing/devices.ts";
import { readModel, STARTER } from "../drawing/read-model.ts";
import type { NewPicture } from "../gallery/keep-picture.ts";
import { cacheFolder } from "../store/cache-folder.ts";
import { fitOf, type DrawingPlace } from "../store/fit.ts";
import { ModelStore } from "../store/model-store.ts";
import { isOpen } from "../queue/states.ts";
import type { AddressOf } from "./addresses.ts";
import type { StudioOptions } from "./studio-options.ts";
import { DeviceList, type ChosenDevice } from "../worker/device-list.ts";
import { DeviceTurns } from "../worker/device-turns.ts";
import { DrawingWorker } from "../worker/drawing-worker.ts";
import { Estimates, type DrawnPicture } from "../worker/estimates.ts";
import { withAddresses } from "./gallery-procedures.ts";
import type { LiveQueue } from "./live-queue.ts";
import { LocalDrawing } from "../worker/local-drawing.ts";
import { ModelReader } from "../worker/model-reader.ts";
import { usableMemory } from "./machine.ts";
import type { Stores } from "./open-stores.ts";
import type { LogError } from "./refusals.ts";
import { Previews } from "../worker/previews.ts";
import { wantedDevice } from "../worker/wanted-device.ts";

/** Everything that has to do with drawing on this machine. */
export interface DrawingParts {
  readonly devices: DeviceList;
  /** The device that would draw now. */
  readonly device: () => ChosenDevice | undefined;
  readonly store: ModelStore;
  readonly models: ModelReader;
  readonly estimates: Estimates;
  readonly previews: Previews;
  readonly drawing: LocalDrawing;
  /** Whose turn the device is. */
  readonly turns: DeviceTurns;
  readonly worker: DrawingWorker;
  /** Puts a picture into the gallery, tells of it and gives its id there. */
  readonly keep: (picture: NewPicture) => Promise<string>;
}

/** Pictures of a model that are looked at for how long it takes. */
const SAMPLES = 30;

/** Introduces the queue to what draws it. `undo` is told how to end it. */
export async function openDrawing(
  options: StudioOptions,
  stores: Stores,
  undo: AsyncDisposableStack,
): Promise<DrawingParts> {
  const { addressOf, logError } = options;
  const { events, settings, initImages, live } = stores;
  const changed = (): void => events.publish({ type: "machine-changed" });
  const isBusy = () => turns.holder !== undefined;
  const devices = new DeviceList(options.probe ?? listDevices, { onChange: changed, isBusy });
  const deviceName = () => wantedDevice(settings.read());
  const device = () => devices.chosen(deviceName());
  const store: ModelStore = await ModelStore.open({
    folder: join(options.dataFolder, "models"),
    starterFolder: STARTER,
    cacheFolder: cacheFolder(options.cacheFolder),
    readModel: async (folder) => (await readModel(folder, "float32")).summary,
    fitOf: (summary) => fitOf(summary, placeOf(device())),
    useOf: (id) => letGoOf(id, live, { drawing, turns }),
    openWorks: stores.transfers.openIds,
  });
  const turns = new DeviceTurns();
  const folderOf = (id: string) => store.folderOf(id);
  const models = new ModelReader(folderOf);
  const previews = new Previews();
  const estimates = new Estimates({
    models,
    device,
    loadedModel: () => drawing.loadedModel,
    latestOf: (model) => latestOf(stores, model),
  });
  const drawing: LocalDrawing = new LocalDrawing({
    deviceName,
    probe: () => devices.list(),
    folderOf,
    readInitImage: (id) => initImages.read(id),
    cacheFolder: options.cacheFolder,
    paceOf: (order) => estimates.paceOf(order).catch(() => undefined),
    onProgress: (id, progress) => live.report(id, progress),
    addPreview: (...preview) => addressOf("preview", previews.add(...preview)),
    onLoaded: changed,
  });
  undo.defer(() => drawing.unload());
  const keepIt = (picture: NewPicture) => keep(picture, { stores, estimates, addressOf, logError });
  const worker = new DrawingWorker({
    queue: live.queue,
    draw: (generation, signal) =>
      turns.run("studio", signal, () => drawing.draw(generation, signal)),
    keep: keepIt,
    // A door may have the device, and the queue may go on meanwhile.
    unload: () => turns.whenFree("studio", () => live.queue.isPaused && drawing.unload()),
    logError,
  });
  undo.defer(() => worker.close());
  const parts = { devices, device, store, models, estimates, previews, drawing, turns, worker };
  return { ...parts, keep: keepIt };
}

/** What a model has to fit into. How much memory a card has, no provider tells. */
function placeOf(device: ChosenDevice | undefined): DrawingPlace {
  const provider = device?.provider ?? "cpu";
  return { provider, memoryBytes: provider === "cpu" ? usableMemory() : undefined };
}

interface Keeping {
  readonly stores: Stores;
  readonly estimates: Estimates;
  readonly addressOf: AddressOf;
  readonly logError: LogError;
}

/**
 * Puts a picture into the gallery, tells of it and gives its id there. One that is in the gallery is
 * done, whatever becomes of telling.
 */
async function keep(picture: NewPicture, parts: Keeping): Promise<string> {
  const { stores, estimates, addressOf, logError } = parts;
  const image = await stores.gallery.add(picture);
  try {
    stores.events.publish({ type: "images-changed", images: [withAddresses(image, addressOf)] });
    // What an endpoint draws says nothing of this device.
    if (picture.target === LOCAL_TARGET) await estimates.learn(picture);
  } catch (error) {
    logError(error, "telling of a picture");
  }
  return image.id;
}

async function latestOf({ gallery }: Stores, model: string): Promise<readonly DrawnPicture[]> {
  const { days } = gallery.names({ model, target: LOCAL_TARGET });
  return gallery.details(days.flatMap(({ ids }) => ids).slice(0, SAMPLES));
}

/** Why a model cannot be removed; where nothing needs it, it is not held on to either. */
function letGoOf(
  id: string,
  { queue }: LiveQueue,
  { drawing, turns }: Pick<DrawingParts, "drawing" | "turns">,
): string | undefined {
  const users = queue
    .list()
    .filter((one) => one.target === LOCAL_TARGET && isOpen(one.state) && one.order.model === id);
  const isHere = drawing.loadedModel === id;
  const isDrawing = users.some(({ state }) => state === "running");
  if (isDrawing || (isHere && turns.holder !== undefined))
    return "a picture is being drawn with it";
  if (users.length > 0) return `${users.length} pictures wait to be drawn with it`;
  if (isHere) drawing.unload();
  return undefined;
}
