import { StudioError } from "../contract/errors.ts";
import { downloadRequestSchema, type DownloadRequest } from "../contract/models.ts";
import { CATALOGUE, type KnownModel } from "../hub/catalogue.ts";
import { downloadModel } from "../hub/download-model.ts";
import { DownloadFolder, type DownloadPlan } from "../hub/download-plan.ts";
import type { HubAccess } from "../hub/hub-access.ts";
import { idFrom } from "../store/model-ids.ts";
import { z } from "zod";
import { importArchive } from "./import-archive.ts";
import { tinyDecoderOrder } from "./tiny-decoders.ts";
import { isArchive } from "../archive-files/archive.ts";
import type { ModelStore } from "../store/model-store.ts";
import type { TransferRun, TransferRunners, TransferTask } from "../transfers/runner.ts";

export interface ModelWorkParts {
  readonly store: ModelStore;
  readonly hub: () => Promise<HubAccess>;
  readonly bringTinyDecoder: (run: TransferRun) => Promise<undefined>;
  /** Whether a transfer with this id can continue. */
  readonly isOpen: (id: string) => boolean;
  /** Called when models were added or verified. */
  readonly onModels: () => void;
}

type ModelRunners = Pick<TransferRunners, "download" | "import" | "verify">;

/** Adding and verifying models, as transfers. */
export function modelWorks(parts: ModelWorkParts): ModelRunners {
  const { store, onModels } = parts;
  const discard = (id: string): Promise<void> => store.discard(id);
  const bringing = bringingInto(store, onModels);
  return {
    download: {
      canPause: true,
      run: (run) =>
        tinyDecoderOrder.safeParse(run.order).success
          ? parts.bringTinyDecoder(run)
          : bringing(run, () => download(run, parts)),
      discard,
    },
    import: {
      canPause: false,
      run: (run) => bringing(run, () => importModel(run, store)),
      discard,
    },
    verify: {
      canPause: false,
      run: async ({ order, signal, onProgress, onNote }) => {
        const id = textOf(order);
        await store.verify(id, { signal, onProgress, onNote }).finally(onModels);
        return id;
      },
      discard: () => Promise.resolve(),
    },
  };
}

/** Adds models to a store and reports them. Work that was finished when it was killed is not repeated. */
export function bringingInto(store: ModelStore, onModels: () => void) {
  return (run: TransferRun, bring: () => Promise<string>): Promise<string> =>
    store
      .broughtBy(run.id)
      .then((id) => id ?? bring())
      .finally(onModels);
}

/** A model's entry in the catalogue. Refuses as NOT_FOUND. */
export function knownModel(id: string): KnownModel {
  const found = CATALOGUE.find((entry) => entry.id === id);
  if (found === undefined) throw new StudioError("NOT_FOUND", { what: "model", id });
  return found;
}

/** The repositories to download from, best first. */
export function sourcesOf(request: DownloadRequest): readonly string[] {
  return "catalogueId" in request ? knownModel(request.catalogueId).sources : [request.repository];
}

async function download(
  { id: key, order, signal, onProgress, onNote }: TransferRun,
  { store, hub, isOpen }: ModelWorkParts,
): Promise<string> {
  const request = downloadRequestSchema.parse(order);
  const access = await hub();
  // The list of transfers may have been lost while its downloads are still there.
  await store.inherit(
    key,
    async (left, place) => !isOpen(left) && brings(await DownloadFolder.planIn(place), request),
  );
  const { folder } = await store.stage(key);
  const revision = "revision" in request ? request.revision : undefined;
  const wanted = { sources: sourcesOf(request), revision, variant: request.variant };
  const watched = { access, folder, signal, onProgress, onNote };
  const { files, repository, ...found } = await downloadModel({ ...wanted, ...watched });
  const addedAt = new Date().toISOString();
  const provenance = { kind: "hub", name: repository, ...found, addedAt } as const;
  try {
    return await store.adopt({ key, ids: idsOf(request, found.variant), provenance, files });
  } catch (error) {
    // The files have the right hashes: trying again would download the same ones.
    const isFull = error instanceof StudioError && error.code === "DISK_FULL";
    if (!isFull) await store.discard(key);
    throw error;
  }
}

/** Whether a started download matches a request. */
function brings(plan: DownloadPlan | undefined, request: DownloadRequest): boolean {
  if (plan === undefined || !sourcesOf(request).includes(plan.repository)) return false;
  const revision = "revision" in request ? request.revision : undefined;
  const { revision: commit = plan.revision, variant = plan.variant } = { ...request, revision };
  return commit === plan.revision && variant === plan.variant;
}

/** What to import, and the id that a person chose. */
const importOrder = z.union([
  z.string().transform((folder) => ({ folder, id: undefined })),
  z.object({ folder: z.string(), id: z.string() }),
]);

async function importModel(run: TransferRun, store: ModelStore): Promise<string> {
  const { folder, id } = importOrder.parse(run.order);
  const { signal, onProgress, onNote } = run;
  const work = { key: run.id, id, signal, onProgress };
  if (!(await isArchive(folder))) return store.importFolder({ ...work, folder });
  return importArchive(store, { ...work, path: folder, onNote });
}

/** The model's own name, otherwise a longer one. */
function idsOf(request: DownloadRequest, variant: string): [string, ...string[]] {
  if ("catalogueId" in request) {
    const { catalogueId: id } = request;
    return [id, `${id}-${variant === "" ? "fp32" : variant}`];
  }
  const { repository } = request;
  return [idFrom(repository), idFrom(repository.replace("/", "-"))];
}

function textOf(order: TransferTask): string {
  if (typeof order === "string") return order;
  throw new TypeError("an order that is no text");
}
