import { basename, isAbsolute } from "node:path";
import { StudioError } from "../contract/errors.ts";
import type { DownloadRequest, Provenance, StoredModel } from "../contract/models.ts";
import { CATALOGUE } from "../hub/catalogue.ts";
import type { HubAccess } from "../hub/hub-access.ts";
import { inspectRepository } from "../hub/find-plan.ts";
import type { ModelStore } from "../store/model-store.ts";
import type { Transfers } from "../transfers/transfers.ts";
import { os } from "./implementer.ts";
import { knownModel, sourcesOf } from "./model-works.ts";
import { knownTinyDecoder, tinyDecoders } from "./tiny-decoders.ts";

export interface ModelParts {
  readonly store: ModelStore;
  readonly transfers: Transfers;
  readonly hub: () => Promise<HubAccess>;
  readonly onModels: () => void;
  readonly dataFolder: string;
}

/** The models on this machine, and how more of them get there. */
export function modelProcedures({ store, transfers, hub, onModels, dataFolder }: ModelParts) {
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
    verify: os.models.verify.handler(async ({ input: { id } }) => {
      await store.folderOf(id);
      const order = { kind: "verify", name: id, order: id, modelId: id } as const;
      return { transferId: await transfers.add(order) };
    }),
    catalogue: os.models.catalogue.handler(async () => {
      const provenances = await store.provenances();
      return CATALOGUE.map((entry) => ({
        ...entry,
        sources: [...entry.sources],
        storedId: storedId(provenances, { catalogueId: entry.id }),
      }));
    }),
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

/** The model in the store that a download would bring again. */
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

/** What is kept of a request: JSON knows no undefined. */
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
