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
  catalogueEntrySchema,
  downloadRequestSchema,
  modelFileSchema,
  modelIdSchema,
  repositoryIdSchema,
  repositorySchema,
  storedModelSchema,
  tinyDecoderSchema,
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
 * Everything a user of the studio may ask. Commands answer at once; what comes of them is told by
 * `events.subscribe`. Refusals are StudioErrors of the table in errors.ts.
 */
export const contract = {
  events: {
    /** Everything that happens from now on, or since the event id the stream resumes from. */
    subscribe: oc.output(eventIterator(studioEventSchema)),
  },

  generation: {
    /** Puts one generation per picture into the queue. */
    enqueue: oc.input(enqueueSchema).output(z.object({ generationIds: z.array(z.string()) })),
    /** Puts one generation per cell of a grid into the queue. Its contact sheet enters the gallery once none is open. */
    enqueueGrid: oc
      .input(gridRequestSchema)
      .output(z.object({ generationIds: z.array(z.string()) })),
    get: oc.input(z.object({ id: z.string() })).output(generationSchema),
    /** Ends open ones; the running one frees the device within two seconds. */
    cancel: oc.input(ids).output(nothing),
    /** Cancels everything that waits, and lets the running one finish. */
    cancelOthers: oc.output(nothing),
    /** Queues ended ones again, with their seeds. */
    retry: oc.input(ids).output(nothing),
    /** Puts a waiting one in front of another, or last. */
    move: oc.input(z.object({ id: z.string(), before: z.string().nullable() })).output(nothing),
    /** Forgets ended ones; their pictures stay. All that have ended, where no ids are given. */
    prune: oc.input(z.object({ ids: ids.shape.ids.optional() })).output(nothing),
    estimate: oc.input(enqueueSchema).output(estimateSchema),
    /** Refuses what `enqueueGrid` would. */
    estimateGrid: oc.input(gridRequestSchema).output(gridEstimateSchema),
    countTokens: oc
      .input(z.object({ model: modelIdSchema.optional(), prompt: z.string().max(MAX_PROMPT) }))
      .output(tokenCountSchema),
    /** What may decode a model's pictures: its own VAE, and a tiny autoencoder where there is one for it. */
    decoders: oc
      .input(z.object({ model: modelIdSchema.optional() }))
      .output(z.array(z.enum(DECODERS))),
    addInitImage: oc.input(picture).output(initImageSchema),
    /** A picture of the gallery as the one to start from. */
    useAsInitImage: oc.input(z.object({ imageId: imageIdSchema })).output(initImageSchema),
    getInitImage: oc.input(z.object({ id: z.string().max(64) })).output(initImageSchema),
    /** Reads how a picture was made out of its file; refuses as NO_GENERATION_DATA where it does not say. */
    recall: oc.input(picture).output(recallSchema),
    /** The request for a picture, or for a generation that has none, in the forms that people keep. No token is in it. */
    record: oc
      .input(
        z.union([z.strictObject({ imageId: imageIdSchema }), z.strictObject({ id: generationId })]),
      )
      .output(recordingSchema),
    /** What a recorded request asks for: v2 JSON, a curl line, or a picture that tells how it was made. */
    readRecorded: oc.input(picture).output(replaySchema),
  },

  queue: {
    get: oc.output(queueSchema),
    /** The running one finishes; nothing new starts, and the model is let go of. */
    pause: oc.output(nothing),
    resume: oc.output(nothing),
  },

  gallery: {
    names: oc.input(galleryQuerySchema).output(galleryNamesSchema),
    /** The newest pictures that answer a search, with their details. */
    find: oc.input(gallerySearchSchema).output(z.array(imageSchema)),
    /** In the order asked for; ids that are gone are left out. */
    details: oc.input(images).output(z.array(imageSchema)),
    get: oc.input(z.object({ id: imageIdSchema })).output(imageSchema),
    facets: oc.output(galleryFacetsSchema),
    /**
     * Keeps a copy of a picture file, as a PNG, with the settings that it tells. One that is there already is not kept
     * twice; one in the trash comes back. `modifiedAt` dates those that do not tell when they were made.
     */
    import: oc
      .input(picture.extend({ modifiedAt: z.iso.datetime().optional() }))
      .output(z.object({ id: imageIdSchema, isNew: z.boolean() })),
    star: oc.input(images.extend({ isStarred: z.boolean() })).output(nothing),
    /** Rates pictures and tags them; ids that are gone are left out. */
    mark: oc.input(markSchema).output(nothing),
    /** Makes an empty album, the last of all. */
    makeAlbum: oc.input(z.object({ name: labelSchema })).output(nothing),
    /** Renames an album, moves it among the others, or chooses its cover. */
    changeAlbum: oc.input(albumChangeSchema).output(nothing),
    /** The pictures stay; the reply is enough to make the album again. */
    deleteAlbum: oc.input(z.object({ name: labelSchema })).output(deletedAlbumSchema),
    addToAlbum: oc.input(images.extend({ name: labelSchema })).output(nothing),
    takeFromAlbum: oc.input(images.extend({ name: labelSchema })).output(nothing),
    /**
     * Prepares a ZIP of pictures with a CSV of their settings. It is made while it is fetched from the
     * address; closing the connection cancels it.
     */
    export: oc.input(exportSchema).output(z.object({ address: z.string(), count: z.int() })),
    /** Moves files to the studio's trash, from which `restore` brings them back. */
    trash: oc.input(images).output(nothing),
    restore: oc.input(images).output(nothing),
    /** Deletes trashed pictures for good; all of them, where no ids are given. */
    emptyTrash: oc.input(z.object({ ids: imageIdsSchema.optional() })).output(nothing),
    /** The file that a picture would be written to now, below the folder of pictures. */
    nameFor: oc.input(namedPictureSchema).output(z.object({ name: z.string() })),
    /** Builds the index anew from the pictures alone; `rebuild-progress` tells how far it is. */
    rebuild: oc.output(nothing),
  },

  models: {
    list: oc.output(z.array(storedModelSchema)),
    files: oc.input(z.object({ id: modelIdSchema })).output(z.array(modelFileSchema)),
    /** Copies a diffusers folder or an archive of this machine into the store, under an id where one is given. */
    import: oc
      .input(z.object({ folder: z.string().min(1).max(4096), id: modelIdSchema.optional() }))
      .output(transfer),
    /** Looks through a tree of folders of this machine for models; leaving the stream ends it. Nothing is copied. */
    scan: oc
      .input(z.object({ folder: z.string().min(1).max(4096) }))
      .output(eventIterator(scanProgressSchema)),
    /** Takes a diffusers folder of this machine into the list where it lies. Refuses as MODEL_EXISTS where it is there. */
    link: oc
      .input(z.object({ folder: z.string().min(1).max(4096) }))
      .output(z.object({ id: modelIdSchema })),
    /** What a model's card shows besides: what a picture takes, and the pictures drawn with it, marked ones first. */
    card: oc.input(z.object({ id: modelIdSchema })).output(modelCardSchema),
    /** Reads every weight file again and compares with its hash. */
    verify: oc.input(z.object({ id: modelIdSchema })).output(transfer),
    /** Deletes a model's files for good. */
    remove: oc.input(z.object({ id: modelIdSchema })).output(nothing),
    catalogue: oc.output(z.array(catalogueEntrySchema)),
    /** Asks the hub what a repository offers. */
    inspect: oc
      .input(z.object({ repository: repositoryIdSchema, revision: z.string().max(100).optional() }))
      .output(repositorySchema),
    /** Fetches a model of the catalogue, or any repository in diffusers layout. */
    download: oc.input(downloadRequestSchema).output(transfer),
    /** Tiny autoencoders for previews and Fast; a model's own lies in its folder. */
    tinyDecoders: oc.output(z.array(tinyDecoderSchema)),
    /** Fetches one, and chooses it. */
    downloadTinyDecoder: oc.input(z.object({ id: modelIdSchema })).output(transfer),
  },

  archives: {
    /** Makes a model archive for TorchServe on this machine. Refuses as OUTPUT_EXISTS where one is and `force` is not. */
    pack: oc.input(packRequestSchema).output(transfer),
    /**
     * What an archive of this machine or in a bucket holds, what would be imported, and whether it can be
     * deployed. Nothing is unpacked, and of an object only a few parts are read. Refuses as NOT_FOUND and as
     * what ARCHIVE_* refusals say of one that cannot be opened.
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
    /** Ends them and deletes what was fetched so far. */
    cancel: oc.input(ids).output(nothing),
    /** Forgets those that have ended. */
    clear: oc.output(nothing),
  },

  devices: {
    /** Tried at start and kept; `isFresh` tries again. */
    list: oc
      .input(z.object({ isFresh: z.boolean().default(false) }))
      .output(z.array(deviceReportSchema)),
    cudaOffer: oc.output(cudaOfferSchema),
    /** Fetches what ONNX Runtime needs for NVIDIA cards, and tries the devices again. */
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
    /** Asks the service that a token is for whether it takes it. */
    check: oc
      .input(z.object({ name: secretNameSchema }))
      .output(z.object({ isAccepted: z.boolean(), account: z.string().optional() })),
  },

  /** The inference server of this machine. */
  server: {
    get: oc.output(serverSchema),
    /** Listens from now on, also after a restart. Refuses as PORT_IN_USE or KEY_NEEDED. */
    start: oc.output(serverSchema),
    /** Ends its connections; what it was drawing is cancelled. */
    stop: oc.output(serverSchema),
    /** Takes effect at once: a new address ends the connections of the old one. */
    change: oc.input(serverChangeSchema).output(serverSchema),
    keys: oc.output(z.array(serverKeySchema)),
    /** `secret` is told this once and kept nowhere. */
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

  /** Buckets of S3 services, by the connections to them. */
  buckets: bucketContract,

  /** Clusters that models can be deployed to. */
  clusters: clusterContract,

  /** What a cluster serves models of buckets by: its manifests, and what became of them there. */
  deploy: { ...deployContract, ...deploymentContract },

  machine: {
    get: oc.output(machineSchema),
    /** The folders of a folder of this machine, to choose one. Refuses as REQUEST_INVALID what cannot be opened. */
    folders: oc.input(folderRequestSchema).output(folderListingSchema),
    /** Where to begin to look for models: one's own folder, and those of other studios that are there. */
    places: oc.output(z.array(placeSchema)),
    /** A fresh one-time address of the studio, for another browser. */
    open: oc.output(z.object({ url: z.string() })),
  },
};
