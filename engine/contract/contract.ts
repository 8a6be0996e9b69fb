import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { archiveSchema, configRequestSchema, packRequestSchema } from "./archives.ts";
import { bucketPlaceSchema, objectKeySchema } from "./buckets.ts";
import { bucketContract } from "./bucket-contract.ts";
import { clusterContract } from "./clusters.ts";
import { deployContract } from "./deploy.ts";
import { deploymentContract } from "./deployments.ts";
import { cudaOfferSchema, deviceReportSchema } from "./devices.ts";
import { diagnose } from "./doctor.ts";
import { trySettings } from "./setting-trial.ts";
import { endpointContract } from "./endpoints.ts";
import { studioEventSchema } from "./events.ts";
import {
  folderListingSchema,
  folderRequestSchema,
  modelCardSchema,
  placeSchema,
  scanProgressSchema,
} from "./folders.ts";
import {
  exportSchema,
  galleryFacetsSchema,
  galleryNamesSchema,
  galleryQuerySchema,
  gallerySearchSchema,
  namedPictureSchema,
  imageSchema,
} from "./gallery.ts";
import { albumChangeSchema, deletedAlbumSchema, labelSchema, markSchema } from "./gallery-marks.ts";
import { imageIdSchema, imageIdsSchema } from "./image-id.ts";
import { MAX_PICTURE_BYTES } from "./picture-files.ts";
import { catalogueEntrySchema, tinyDecoderSchema } from "./catalogue.ts";
import {
  enqueueSchema,
  estimateSchema,
  generationSchema,
  initImageSchema,
  queueSchema,
  recallSchema,
  tokenCountSchema,
} from "./generation.ts";
import { gridEstimateSchema, gridRequestSchema } from "./grid.ts";
import { machineSchema } from "./machine.ts";
import {
  downloadRequestSchema,
  modelFileSchema,
  modelIdSchema,
  repositoryIdSchema,
  repositorySchema,
  storedModelSchema,
} from "./models.ts";
import { recordingSchema, replaySchema } from "./recordings.ts";
import { DECODERS } from "./presets.ts";
import { MAX_PROMPT } from "./request.ts";
import { secretNameSchema, secretStatusSchema } from "./secrets.ts";
import {
  exchangeSchema,
  newServerKeySchema,
  servedRequestSchema,
  serverChangeSchema,
  serverKeySchema,
  serverSchema,
} from "./server.ts";
import { formSchema, settingsChangeSchema, settingsSchema } from "./settings.ts";
import { styleContract } from "./styles.ts";
import { transferSchema } from "./transfers.ts";

const nothing = z.void();
const generationId = z.string().max(64);
const ids = z.object({ ids: z.array(z.string().max(64)).min(1).max(1000) });
const images = z.object({ ids: imageIdsSchema });
const transfer = z.object({ transferId: z.string() });

const picture = z.object({ file: z.file().max(MAX_PICTURE_BYTES) });

/**
 * Everything a user of the studio can do. Commands return at once; their effects are reported by `events.subscribe`.
 * Refusals are StudioErrors with a code in errors.ts.
 */
export const contract = {
  events: {
    /** All events from now on, or since the event id from which the stream resumes. */
    subscribe: oc.output(eventIterator(studioEventSchema)),
  },

  generation: {
    /** Adds one generation per picture to the queue. */
    enqueue: oc.input(enqueueSchema).output(z.object({ generationIds: z.array(z.string()) })),
    /** Adds one generation per cell of a grid to the queue. Its contact sheet is made when none is open any more. */
    enqueueGrid: oc
      .input(gridRequestSchema)
      .output(z.object({ generationIds: z.array(z.string()) })),
    get: oc.input(z.object({ id: z.string() })).output(generationSchema),
    /** Cancels open generations; a running one frees the device within two seconds. */
    cancel: oc.input(ids).output(nothing),
    /** Cancels everything that waits, and lets the running generation finish. */
    cancelOthers: oc.output(nothing),
    /** Adds ended generations to the queue again, with their seeds. */
    retry: oc.input(ids).output(nothing),
    /** Moves a waiting generation in front of another, or to the end. */
    move: oc.input(z.object({ id: z.string(), before: z.string().nullable() })).output(nothing),
    /** Removes ended generations, all of them if no ids are given; their pictures stay. */
    prune: oc.input(z.object({ ids: ids.shape.ids.optional() })).output(nothing),
    estimate: oc.input(enqueueSchema).output(estimateSchema),
    /** Refuses what `enqueueGrid` would refuse. */
    estimateGrid: oc.input(gridRequestSchema).output(gridEstimateSchema),
    countTokens: oc
      .input(z.object({ model: modelIdSchema.optional(), prompt: z.string().max(MAX_PROMPT) }))
      .output(tokenCountSchema),
    /** The decoders for a model's pictures: its own VAE and, if there is one for it, a tiny autoencoder. */
    decoders: oc
      .input(z.object({ model: modelIdSchema.optional() }))
      .output(z.array(z.enum(DECODERS))),
    addInitImage: oc.input(picture).output(initImageSchema),
    /** Uses a picture of the gallery as the start image. */
    useAsInitImage: oc.input(z.object({ imageId: imageIdSchema })).output(initImageSchema),
    getInitImage: oc.input(z.object({ id: z.string().max(64) })).output(initImageSchema),
    /** Reads from a picture file how it was made; refuses as NO_GENERATION_DATA if it does not say. */
    recall: oc.input(picture).output(recallSchema),
    /** The request for a picture, or for an unfinished generation, in several forms for reuse. It contains no token. */
    record: oc
      .input(
        z.union([z.strictObject({ imageId: imageIdSchema }), z.strictObject({ id: generationId })]),
      )
      .output(recordingSchema),
    /** The settings in a recorded request: v2 JSON, a curl command, or a picture that says how it was made. */
    readRecorded: oc.input(picture).output(replaySchema),
  },

  queue: {
    get: oc.output(queueSchema),
    /** The running generation finishes, nothing new starts, and the model is unloaded. */
    pause: oc.output(nothing),
    resume: oc.output(nothing),
  },

  gallery: {
    names: oc.input(galleryQuerySchema).output(galleryNamesSchema),
    /** The newest pictures that match a search, with details. */
    find: oc.input(gallerySearchSchema).output(z.array(imageSchema)),
    /** In the order of the ids; deleted ones are left out. */
    details: oc.input(images).output(z.array(imageSchema)),
    get: oc.input(z.object({ id: imageIdSchema })).output(imageSchema),
    facets: oc.output(galleryFacetsSchema),
    /**
     * Stores a copy of a picture file, as a PNG, with the settings that it contains. A picture that is already there is
     * not stored twice; one in the trash is restored. `modifiedAt` is the date of pictures that do not contain one.
     */
    import: oc
      .input(picture.extend({ modifiedAt: z.iso.datetime().optional() }))
      .output(z.object({ id: imageIdSchema, isNew: z.boolean() })),
    star: oc.input(images.extend({ isStarred: z.boolean() })).output(nothing),
    /** Rates and tags pictures; deleted ones are ignored. */
    mark: oc.input(markSchema).output(nothing),
    /** Makes an empty album at the end of the list. */
    makeAlbum: oc.input(z.object({ name: labelSchema })).output(nothing),
    /** Renames an album, moves it, or chooses its cover. */
    changeAlbum: oc.input(albumChangeSchema).output(nothing),
    /** Deletes an album but not its pictures; the reply contains enough to make it again. */
    deleteAlbum: oc.input(z.object({ name: labelSchema })).output(deletedAlbumSchema),
    addToAlbum: oc.input(images.extend({ name: labelSchema })).output(nothing),
    takeFromAlbum: oc.input(images.extend({ name: labelSchema })).output(nothing),
    /**
     * Prepares a ZIP of pictures with a CSV of their settings. It is generated while it is downloaded from the address;
     * closing the connection cancels it.
     */
    export: oc.input(exportSchema).output(z.object({ address: z.string(), count: z.int() })),
    /** Moves files to the studio's trash; `restore` brings them back. */
    trash: oc.input(images).output(nothing),
    restore: oc.input(images).output(nothing),
    /** Permanently deletes trashed pictures, all of them if no ids are given. */
    emptyTrash: oc.input(z.object({ ids: imageIdsSchema.optional() })).output(nothing),
    /** The file name that a picture would get now, relative to the picture folder. */
    nameFor: oc.input(namedPictureSchema).output(z.object({ name: z.string() })),
    /** Rebuilds the index from the pictures; `rebuild-progress` reports progress. */
    rebuild: oc.output(nothing),
  },

  models: {
    list: oc.output(z.array(storedModelSchema)),
    files: oc.input(z.object({ id: modelIdSchema })).output(z.array(modelFileSchema)),
    /** Copies a diffusers folder or archive on this machine into the store, optionally under a given id. */
    import: oc
      .input(z.object({ folder: z.string().min(1).max(4096), id: modelIdSchema.optional() }))
      .output(transfer),
    /** Searches a folder tree on this machine for models; closing the stream stops it. Nothing is copied. */
    scan: oc
      .input(z.object({ folder: z.string().min(1).max(4096) }))
      .output(eventIterator(scanProgressSchema)),
    /** Lists a diffusers folder on this machine without copying it. Refuses as MODEL_EXISTS if it is already listed. */
    link: oc
      .input(z.object({ folder: z.string().min(1).max(4096) }))
      .output(z.object({ id: modelIdSchema })),
    /** Further information for a model's card: what a picture takes, and pictures drawn with it, marked ones first. */
    card: oc.input(z.object({ id: modelIdSchema })).output(modelCardSchema),
    /** Reads every weight file again and compares its hash. */
    verify: oc.input(z.object({ id: modelIdSchema })).output(transfer),
    /** Permanently deletes a model's files. */
    remove: oc.input(z.object({ id: modelIdSchema })).output(nothing),
    catalogue: oc.output(z.array(catalogueEntrySchema)),
    /** Asks the hub what a repository contains. */
    inspect: oc
      .input(z.object({ repository: repositoryIdSchema, revision: z.string().max(100).optional() }))
      .output(repositorySchema),
    /** Downloads a model from the catalogue, or any repository in diffusers layout. */
    download: oc.input(downloadRequestSchema).output(transfer),
    /** Tiny autoencoders for previews and Fast; a model's own is in its folder. */
    tinyDecoders: oc.output(z.array(tinyDecoderSchema)),
    /** Downloads a tiny autoencoder and selects it. */
    downloadTinyDecoder: oc.input(z.object({ id: modelIdSchema })).output(transfer),
  },

  archives: {
    /** Makes a model archive for TorchServe on this machine. Refuses as OUTPUT_EXISTS if it exists, without `force`. */
    pack: oc.input(packRequestSchema).output(transfer),
    /**
     * What an archive on this machine or in a bucket contains, what would be imported, and whether it can be deployed.
     * Nothing is unpacked, and only parts of an object are read. Refuses as NOT_FOUND, and with the ARCHIVE_* refusals
     * if it cannot be opened.
     */
    inspect: oc
      .input(
        z.union([
          z.strictObject({ path: z.string().min(1).max(4096) }),
          bucketPlaceSchema.extend({ key: objectKeySchema }),
        ]),
      )
      .output(archiveSchema),
    /** The config.properties that is published with a model, as text. */
    config: oc.input(configRequestSchema).output(z.object({ text: z.string() })),
  },

  transfers: {
    list: oc.output(z.array(transferSchema)),
    pause: oc.input(ids).output(nothing),
    resume: oc.input(ids).output(nothing),
    /** Cancels transfers and deletes what was downloaded so far. */
    cancel: oc.input(ids).output(nothing),
    /** Removes ended transfers. */
    clear: oc.output(nothing),
  },

  devices: {
    /** Devices are probed at start and remembered; `isFresh` probes again. */
    list: oc
      .input(z.object({ isFresh: z.boolean().default(false) }))
      .output(z.array(deviceReportSchema)),
    cudaOffer: oc.output(cudaOfferSchema),
    /** Downloads what ONNX Runtime needs for NVIDIA cards, and probes the devices again. */
    installCuda: oc.input(z.object({ acceptsLicence: z.literal(true) })).output(transfer),
    removeCuda: oc.output(nothing),
  },

  settings: {
    get: oc.output(settingsSchema),
    change: oc.input(settingsChangeSchema).output(settingsSchema),
    readForm: oc.output(formSchema),
    writeForm: oc.input(formSchema).output(nothing),
  },

  /** Saved styles, by name. */
  styles: styleContract,

  secrets: {
    status: oc.output(z.array(secretStatusSchema)),
    set: oc
      .input(z.object({ name: secretNameSchema, value: z.string().min(1).max(10_000) }))
      .output(nothing),
    remove: oc.input(z.object({ name: secretNameSchema })).output(nothing),
    /** Asks the service that a token is for whether it accepts it. */
    check: oc
      .input(z.object({ name: secretNameSchema }))
      .output(z.object({ isAccepted: z.boolean(), account: z.string().optional() })),
  },

  /** This machine's inference server. */
  server: {
    get: oc.output(serverSchema),
    /** Starts to listen, also after a restart. Refuses as PORT_IN_USE or KEY_NEEDED. */
    start: oc.output(serverSchema),
    /** Closes its connections; pictures being drawn are cancelled. */
    stop: oc.output(serverSchema),
    /** Takes effect at once: a new address closes the connections of the old one. */
    change: oc.input(serverChangeSchema).output(serverSchema),
    keys: oc.output(z.array(serverKeySchema)),
    /** `secret` is returned only this once and stored nowhere. */
    addKey: oc
      .input(newServerKeySchema)
      .output(z.object({ key: serverKeySchema, secret: z.string() })),
    removeKey: oc.input(z.object({ id: z.string().max(64) })).output(nothing),
    /** The latest requests, newest first. */
    requests: oc.output(z.array(servedRequestSchema)),
    exchange: oc.input(z.object({ id: z.string().max(64) })).output(exchangeSchema),
    clearRequests: oc.output(nothing),
  },

  /** Inference endpoints on other machines. */
  endpoints: { ...endpointContract, diagnose, trySettings },

  /** Buckets of S3 services, by connection. */
  buckets: bucketContract,

  /** Clusters for deployments. */
  clusters: clusterContract,

  /** Serving models in buckets by a cluster: its manifests, and the state of deployments. */
  deploy: { ...deployContract, ...deploymentContract },

  machine: {
    get: oc.output(machineSchema),
    /** Subfolders and model archives of a folder here. Refuses as REQUEST_INVALID what cannot be opened. */
    folders: oc.input(folderRequestSchema).output(folderListingSchema),
    /** Starting points for finding models: the home folder, and existing folders of other studios. */
    places: oc.output(z.array(placeSchema)),
    /** A new one-time address of the studio, for another browser. */
    open: oc.output(z.object({ url: z.string() })),
  },
};
