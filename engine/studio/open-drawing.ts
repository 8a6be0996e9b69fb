import { LOCAL_TARGET } from "../contract/generation.ts";
import { cudaLibraries } from "../drawing/cuda.ts";
import { deviceProbe } from "../drawing/devices.ts";
import { lacksInt8 } from "../drawing/load-model.ts";
import type { NewPicture } from "../gallery/keep-picture.ts";
import type { StudioOptions } from "./studio-options.ts";
import { DeviceList, wantedDevice, type ChosenDevice } from "../worker/device-list.ts";
import { DeviceTurns } from "../worker/device-turns.ts";
import { DrawingWorker, type DrawingWorkerParts } from "../worker/drawing-worker.ts";
import { Estimates, type DrawnPicture } from "../worker/estimates.ts";
import { withAddresses } from "./gallery-procedures.ts";
import { LocalDrawing } from "../worker/local-drawing.ts";
import { cacheFolder } from "../store/cache-folder.ts";
import { pictureMemory } from "../store/fit.ts";
import { sweepCopies } from "../store/kept-copies.ts";
import { openModels, placeOf, type ModelParts } from "./open-models.ts";
import type { Stores } from "./open-stores.ts";
import { Previews } from "../worker/previews.ts";

/** Everything about drawing on this machine. */
export interface DrawingParts extends ModelParts {
  readonly devices: DeviceList;
  /** The device that would be used now. */
  readonly device: () => ChosenDevice | undefined;
  readonly estimates: Estimates;
  readonly previews: Previews;
  readonly drawing: LocalDrawing;
  /** Whose turn it is on the device. */
  readonly turns: DeviceTurns;
  /** Makes the worker that draws the queue here; `onMoved` is called for generations that move to another target. */
  readonly workerWith: (onMoved: DrawingWorkerParts["onMoved"]) => DrawingWorker;
  /** Stores a picture in the gallery, reports it and returns its id there. */
  readonly keep: (picture: NewPicture) => Promise<string>;
}

/** Number of a model's pictures that estimates are based on. */
const SAMPLES = 30;

/** Connects the queue to what draws it. `undo` collects how to stop it. */
export async function openDrawing(
  options: StudioOptions,
  stores: Stores,
  undo: AsyncDisposableStack,
): Promise<DrawingParts> {
  const { addressOf, logError } = options;
  const { events, settings, initImages, live } = stores;
  const changed = (): void => events.publish({ type: "machine-changed" });
  const turns = new DeviceTurns();
  const isBusy = () => turns.holder !== undefined;
  const libraries = cudaLibraries(options.dataFolder);
  const devices = new DeviceList(options.probe ?? deviceProbe(libraries), {
    onChange: changed,
    isBusy,
  });
  undo.defer(() => devices.close());
  const deviceName = () => wantedDevice(settings.read());
  const device = () => devices.chosen(deviceName());
  const user = { device, turns, drawing: () => drawing };
  const { store, models } = await openModels(options, stores, user);
  const previews = new Previews();
  const tiny = () => {
    const { tinyDecoder: folder, tinyForFast: decodesFast } = settings.read();
    return { folder, decodesFast };
  };
  const copies = cacheFolder(options.cacheFolder);
  undo.defer(sweepCopies(copies));
  const estimates = new Estimates({
    models,
    device,
    tiny,
    memoryOf: (summary, order) => pictureMemory(summary, order, placeOf(device())),
    lacksInt8: (read, order, report) =>
      lacksInt8(read, order, { cacheFolder: copies, isExact: report?.int8Bits !== 7 }),
    loadedModel: () => drawing.loadedModel,
    latestOf: (model) => latestOf(stores, model),
  });
  const drawing: LocalDrawing = new LocalDrawing({
    deviceName,
    probe: () => devices.forPicture(),
    folderOf: (id) => store.folderOf(id),
    readInitImage: (id) => initImages.read(id),
    cacheFolder: options.cacheFolder,
    libraries,
    tiny,
    paceOf: (order) => estimates.paceOf(order).catch(() => undefined),
    onProgress: (id, progress) => live.report(id, progress),
    addPreview: (...preview) => addressOf("preview", previews.add(...preview)),
    onLoaded: changed,
  });
  undo.defer(() => drawing.unload());
  const keep = keepIn({ ...stores, ...options, estimates });
  const workerWith = (onMoved: DrawingWorkerParts["onMoved"]): DrawingWorker =>
    workerOf({ live, turns, drawing, keep, onMoved, logError });
  const parts = { devices, device, store, models, estimates, previews, drawing, turns, workerWith };
  return { ...parts, keep };
}

interface WorkerParts
  extends
    Pick<DrawingParts, "turns" | "drawing" | "keep">,
    Pick<DrawingWorkerParts, "onMoved" | "logError"> {
  readonly live: Stores["live"];
}

function workerOf({ live, turns, drawing, ...parts }: WorkerParts): DrawingWorker {
  return new DrawingWorker({
    ...parts,
    queue: live.queue,
    draw: (generation, signal) =>
      turns.run("studio", signal, () => drawing.draw(generation, signal)),
    // The inference server may be using the device, and the queue may be resumed meanwhile.
    unload: () => turns.whenFree("studio", () => live.queue.isPaused && drawing.unload()),
  });
}

type Keeping = Pick<Stores, "gallery" | "events"> &
  Pick<StudioOptions, "addressOf" | "logError"> & { readonly estimates: Estimates };

/** Once a picture is in the gallery it is done, even if reporting it fails. */
function keepIn({
  gallery,
  events,
  estimates,
  addressOf,
  logError,
}: Keeping): DrawingParts["keep"] {
  return async (picture) => {
    const image = await gallery.add(picture);
    try {
      events.publish({ type: "images-changed", images: [withAddresses(image, addressOf)] });
      // Pictures of endpoints say nothing about this device.
      if (picture.target === LOCAL_TARGET) await estimates.learn(picture);
    } catch (error) {
      logError(error, "telling of a picture");
    }
    return image.id;
  };
}

async function latestOf({ gallery }: Stores, model: string): Promise<readonly DrawnPicture[]> {
  const { days } = gallery.names({ model, target: LOCAL_TARGET });
  return gallery.details(days.flatMap(({ ids }) => ids).slice(0, SAMPLES));
}
