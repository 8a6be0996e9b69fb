import type { PictureBytes, PictureKind } from "./addresses.ts";
import { pictureZip } from "../gallery/picture-zip.ts";
import { devicesProcedures } from "./machine.ts";
import { deploymentProcedures } from "./deployment-procedures.ts";
import { clusterProcedures, openClusters, type ClusterParts } from "./open-clusters.ts";
import { deployProcedures } from "./deploy-procedures.ts";
import { probeEstimate, REFERENCE, referencePresets } from "../worker/probe-estimates.ts";
import { endpointProcedures } from "./open-endpoints.ts";
import { eventsProcedures } from "./event-log.ts";
import { galleryProcedures, withAddresses } from "./gallery-procedures.ts";
import { GalleryRebuild } from "./gallery-rebuild.ts";
import { generationProcedures } from "./generation-procedures.ts";
import { os } from "./implementer.ts";
import { machineProcedures } from "./machine.ts";
import { GridSheets } from "./grid-sheets.ts";
import { modelProcedures } from "./model-procedures.ts";
import { openDrawing, type DrawingParts } from "./open-drawing.ts";
import { bucketProcedures, openBuckets, type BucketParts } from "./open-buckets.ts";
import { openEndpoints, type EndpointParts } from "./open-endpoints.ts";
import { openLanes } from "./open-lanes.ts";
import { openServing, serverProcedures, type ServingParts } from "./open-serving.ts";
import { openStores, type Stores } from "./open-stores.ts";
import { openTransfers, type TransferParts } from "./open-transfers.ts";
import { archiveProcedures } from "./pack-archive.ts";
import { queueProcedures } from "./live-queue.ts";
import { refusals } from "./refusals.ts";
import { secretProcedures } from "./secret-procedures.ts";
import { settingsProcedures, styleProcedures } from "./settings-procedures.ts";
import type { StudioOptions } from "./studio-options.ts";
import type { Lanes } from "../worker/lanes.ts";
import { transferProcedures } from "./open-transfers.ts";

/** The whole studio without listeners. */
export interface Studio {
  /** The implemented contract. */
  readonly router: ReturnType<typeof createRouter>;
  /** A picture's bytes. Refuses as NOT_FOUND or PICTURE_MISSING. */
  openPicture(kind: PictureKind, id: string): Promise<PictureBytes>;
  /** Interrupts what runs and closes everything; the queue is kept. */
  close(): Promise<void>;
}

/**
 * Opens the studio of a data folder, and draws its queue. If any part cannot be opened, all others are closed again.
 */
export async function createStudio(options: StudioOptions): Promise<Studio> {
  const undo = new AsyncDisposableStack();
  try {
    const stores = await openStores(options, undo);
    const drawing = await openDrawing(options, stores, undo);
    const serving = await openServing(options, stores, drawing, undo);
    const remote = await openEndpoints(options, stores, undo);
    const storage = await openBuckets(options, stores, undo);
    const clusters = await openClusters(options, stores);
    const sheets = new GridSheets({
      ...stores,
      keep: drawing.keep,
      tell: (image) => {
        const images = [withAddresses(image, options.addressOf)];
        stores.events.publish({ type: "images-changed", images });
      },
      logError: options.logError,
    });
    undo.defer(() => sheets.close());
    const lanes = openLanes(options, { stores, drawing, endpoints: remote }, undo);
    // Before the device is released: waiting requests would start to draw then.
    undo.defer(() => serving.server.close());
    const transfers = openTransfers(options, stores, { ...drawing, ...serving, ...storage });
    // Before the connections that they use are closed.
    undo.defer(() => stores.transfers.close());
    const rebuild = new GalleryRebuild(stores.gallery, stores.events, options.logError);
    undo.defer(() => rebuild.close());
    if (options.isPassive !== true) {
      await serving.server.begin();
      if (stores.gallery.needsRebuild) rebuild.start();
      begin({ ...drawing, lanes }, options);
      sheets.begin(options.now?.() ?? new Date());
    }
    return {
      router: createRouter(options, {
        ...stores,
        ...drawing,
        ...serving,
        ...transfers,
        ...remote,
        ...storage,
        ...clusters,
        lanes,
        rebuild,
      }),
      openPicture: (kind, id) => openPicture({ ...stores, ...drawing }, kind, id),
      close: () => undo.disposeAsync(),
    };
  } catch (error) {
    await undo.disposeAsync();
    throw error;
  }
}

/** Devices are probed at once, so that the first picture does not wait for it. */
function begin(
  { lanes, devices, drawing }: Pick<Parts, "lanes" | "devices" | "drawing">,
  { isAboutToDraw = false, logError }: StudioOptions,
): void {
  lanes.start();
  if (isAboutToDraw) drawing.start();
  devices.list().catch((error: unknown) => logError(error, "trying the devices"));
}

type Parts = Stores &
  DrawingParts &
  ServingParts &
  TransferParts &
  EndpointParts &
  BucketParts &
  ClusterParts & { readonly lanes: Lanes; readonly rebuild: GalleryRebuild };

/** All procedures of the contract, with error handling around them. */
function createRouter(options: StudioOptions, parts: Parts) {
  const { dataFolder, addressOf, freshAddress, logError, now } = options;
  const { notices: others = () => [] } = options;
  const { events, gallery, device, drawing, server, serverFile } = parts;
  return os.use(refusals(logError)).router({
    events: eventsProcedures(parts),
    generation: generationProcedures(parts),
    queue: queueProcedures(parts),
    gallery: galleryProcedures({
      ...parts,
      addressOf,
      endpointCalled: (name) => {
        const sought = name.toLowerCase();
        return parts.endpoints.list().find((one) => one.name.toLowerCase() === sought)?.id;
      },
    }),
    settings: settingsProcedures({
      ...parts,
      // Device and folder are part of the machine's state, and the model of the server's; the next picture reads them.
      onChange: () => {
        events.publish({ type: "machine-changed" });
        server.tell();
      },
    }),
    styles: styleProcedures(parts),
    secrets: secretProcedures(parts),
    devices: devicesProcedures(parts),
    machine: machineProcedures({
      dataFolder,
      freshAddress,
      pictureFolder: () => gallery.pictureFolder,
      device,
      loadedModel: () => drawing.loadedModel,
      inferencePid: () => drawing.inferencePid,
      estimate: ({ report }) => probeEstimate(REFERENCE, report),
      presets: ({ report }) => report && referencePresets(report),
      notices: () => {
        const texts = [
          ...parts.notices(),
          ...serverFile.notices,
          ...parts.endpoints.notices,
          ...parts.watchLog.notices,
          ...parts.connections.notices,
          ...parts.clusters.notices,
          ...others(),
        ];
        // Several stores may report the same full disk.
        const once = [...new Set(texts)].map((text) => ({ text }));
        return [...once, ...parts.tokenNotices()];
      },
    }),
    models: modelProcedures({ ...parts, dataFolder, addressOf }),
    archives: archiveProcedures(parts),
    transfers: transferProcedures(parts),
    server: serverProcedures(parts),
    endpoints: endpointProcedures(parts),
    buckets: bucketProcedures(parts),
    clusters: clusterProcedures(parts),
    deploy: { ...deployProcedures(parts), ...deploymentProcedures({ ...parts, now, logError }) },
  });
}

async function openPicture(
  { gallery, exports, previews, initImages }: Stores & DrawingParts,
  kind: PictureKind,
  id: string,
): Promise<PictureBytes> {
  switch (kind) {
    case "image":
      return { type: "image/png", path: gallery.fileOf(id) };
    case "thumbnail":
      return { type: "image/webp", path: await gallery.thumbnailOf(id) };
    case "preview":
      return previews.open(id);
    case "init-image":
      return initImages.open(id);
    case "export":
      return { type: "application/zip", stream: pictureZip(gallery, exports.get(id)) };
  }
}
