import { basename, isAbsolute } from "node:path";
import type { CatalogueEntry } from "../contract/catalogue.ts";
import { StudioError } from "../contract/errors.ts";
import type { DownloadRequest, ModelSummary, Provenance, StoredModel } from "../contract/models.ts";
import type { HubAccess } from "../hub/hub-access.ts";
import { inspectRepository } from "../hub/find-plan.ts";
import { MAX_SAMPLES, type ModelCard, type ScannedModel } from "../contract/folders.ts";
import type { Estimate } from "../contract/generation.ts";
import { ordersOf, type AskedModel } from "../drawing/order.ts";
import { readModel as readSnapshotModel, type ReadModel } from "../drawing/read-model.ts";
import type { Gallery } from "../gallery/gallery.ts";
import { fitOf } from "../store/fit.ts";
import type { ModelStore } from "../store/model-store.ts";
import { scanModels } from "../store/scan-models.ts";
import type { ChosenDevice } from "../worker/device-list.ts";
import type { Estimates } from "../worker/estimates.ts";
import type { AddressOf } from "./addresses.ts";
import { withAddresses } from "./gallery-procedures.ts";
import type { Transfers } from "../transfers/transfers.ts";
import { asStored, catalogueEntries } from "./catalogue-entries.ts";
import { os } from "./implementer.ts";
import { placeOf } from "./open-models.ts";
import { knownModel, sourcesOf } from "./model-works.ts";
import { knownTinyDecoder, tinyDecoders } from "./tiny-decoders.ts";

export interface ModelParts {
  readonly store: ModelStore;
  readonly transfers: Transfers;
  readonly hub: () => Promise<HubAccess>;
  readonly onModels: () => void;
  readonly dataFolder: string;
  /** The device that would be used now. */
  readonly device: () => ChosenDevice | undefined;
  readonly estimates: Pick<Estimates, "of">;
  readonly gallery: Pick<Gallery, "names" | "details">;
  readonly addressOf: AddressOf;
}

/** The models on this machine, and adding more. */
export function modelProcedures(parts: ModelParts) {
  const { store, transfers, hub, onModels, dataFolder } = parts;
  return {
    list: os.models.list.handler(async () => [...(await store.list())]),
    files: os.models.files.handler(async ({ input }) => [...(await store.files(input.id))]),
    remove: os.models.remove.handler(async ({ input }) => {
      await store.remove(input.id);
      onModels();
    }),
    import: os.models.import.handler(async ({ input: { folder, id } }) => {
      refuseRelative(folder);
      const order = id === undefined ? folder : { folder, id };
      const name = basename(folder);
      return { transferId: await transfers.add({ kind: "import", name, order }) };
    }),
    scan: os.models.scan.handler(({ input: { folder }, signal }) => {
      refuseRelative(folder);
      return scan(parts, folder, signal);
    }),
    link: os.models.link.handler(async ({ input: { folder } }) => {
      refuseRelative(folder);
      const id = await store.link(folder);
      onModels();
      return { id };
    }),
    card: os.models.card.handler(({ input: { id } }) => cardOf(parts, id)),
    verify: os.models.verify.handler(async ({ input: { id } }) => {
      await store.folderOf(id);
      const order = { kind: "verify", name: id, order: id, modelId: id } as const;
      return { transferId: await transfers.add(order) };
    }),
    catalogue: os.models.catalogue.handler(() => catalogue(parts)),
    inspect: os.models.inspect.handler(async ({ input, signal }) =>
      inspectRepository(await hub(), input, signal),
    ),
    download: os.models.download.handler(async ({ input }) => {
      const name = "catalogueId" in input ? knownModel(input.catalogueId).title : input.repository;
      const model = storedId(await store.provenances(), input);
      if (model !== undefined) throw new StudioError("MODEL_EXISTS", { model });
      return { transferId: await transfers.add({ kind: "download", name, order: orderOf(input) }) };
    }),
    tinyDecoders: os.models.tinyDecoders.handler(() => tinyDecoders(dataFolder)),
    downloadTinyDecoder: os.models.downloadTinyDecoder.handler(async ({ input: { id } }) => {
      const { title: name } = knownTinyDecoder(id);
      const order = { tinyDecoderId: id };
      return { transferId: await transfers.add({ kind: "download", name, order }) };
    }),
  };
}

/** A model that is here already is described as it is here. */
async function catalogue(parts: ModelParts): Promise<CatalogueEntry[]> {
  const { store, device } = parts;
  const provenances = await store.provenances();
  const entries = catalogueEntries(device());
  const stored = entries.map(({ id }) => storedId(provenances, { catalogueId: id }));
  const models = stored.some((id) => id !== undefined) ? await store.list() : [];
  return Promise.all(
    entries.map(async (entry, i) => {
      const model = models.find(({ id }) => id === stored[i]);
      const read = model?.summary && (await readStored(store, model.id));
      if (model === undefined || read === undefined) return { ...entry, storedId: stored[i] };
      if (entry.untimed !== undefined) return asStored(entry, model);
      return asStored(entry, model, await ownEstimate(parts, { name: model.id, read }));
    }),
  );
}

async function* scan(parts: ModelParts, folder: string, signal: AbortSignal | undefined) {
  const models = await parts.store.list();
  const ids = new Map(models.flatMap(({ id, summary }) => (summary ? [[summary.folder, id]] : [])));
  const storedIdOf = (path: string) => ids.get(path);
  for await (const progress of scanModels({ folder, readModel: summaryOf, signal, storedIdOf })) {
    yield {
      ...progress,
      found: await Promise.all(progress.found.map((one) => judged(parts, one))),
    };
  }
}

/** A model with how it suits this device and what a picture takes, as a model in the store has them. */
async function judged(parts: ModelParts, model: ScannedModel): Promise<ScannedModel> {
  const { summary, path, name } = model;
  if (summary === undefined) return model;
  const read = await readSnapshotModel(path, "float32").catch(() => undefined);
  if (read === undefined) return model;
  const fit = fitOf(summary, placeOf(parts.device()));
  return { ...model, fit, estimate: await ownEstimate(parts, { name, read }) };
}

async function summaryOf(folder: string): Promise<ModelSummary> {
  return (await readSnapshotModel(folder, "float32")).summary;
}

/** What a picture with the model's own settings takes, and pictures drawn with it. */
async function cardOf(parts: ModelParts, id: string): Promise<ModelCard> {
  const { store, gallery, addressOf } = parts;
  const read = await readStored(store, id);
  if (read === undefined) return { pictures: [] };
  const model = read.summary.name;
  const idsOf = (isStarred?: boolean) =>
    gallery
      .names({ model, ...(isStarred === true && { isStarred }) })
      .days.flatMap(({ ids }) => ids.slice(0, MAX_SAMPLES))
      .slice(0, MAX_SAMPLES);
  const ids = [...new Set([...idsOf(true), ...idsOf()])].slice(0, MAX_SAMPLES);
  const pictures = (await gallery.details(ids)).map((image) => withAddresses(image, addressOf));
  return { estimate: await ownEstimate(parts, { name: id, read }), pictures };
}

/** Undefined if it cannot be read. */
async function readStored(store: ModelStore, id: string): Promise<ReadModel | undefined> {
  return readSnapshotModel(await store.folderOf(id), "float32").catch(() => undefined);
}

/** How long a picture with a model's own settings takes. */
function ownEstimate({ estimates }: ModelParts, model: AskedModel): Promise<Estimate> {
  const [order] = ordersOf({ prompt: "" }, model, "0");
  return estimates.of(order, model.read);
}

/** The stored model that a download would download again. */
function storedId(
  provenances: ReadonlyMap<string, Provenance>,
  request: DownloadRequest,
): StoredModel["id"] | undefined {
  const sources = sourcesOf(request);
  const revision = "revision" in request ? request.revision : undefined;
  const [found] = [...provenances].find(
    ([, { kind, name, ...its }]) =>
      kind === "hub" &&
      sources.includes(name) &&
      its.variant === (request.variant ?? its.variant) &&
      its.revision === (revision ?? its.revision),
  ) ?? [undefined];
  return found;
}

/** The part of a request that is stored: JSON has no undefined. */
function orderOf(request: DownloadRequest): Readonly<Record<string, string>> {
  const said = Object.entries(request).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return Object.fromEntries(said);
}

/** A relative folder would depend on where the host was started. */
export function refuseRelative(folder: string): void {
  if (isAbsolute(folder)) return;
  const reason = "it must be a full path";
  throw new StudioError("REQUEST_INVALID", { field: "The folder", value: folder, reason });
}
