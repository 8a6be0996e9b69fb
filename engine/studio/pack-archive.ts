import { mkdir } from "node:fs/promises";
import { basename, dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { FORMS } from "../archive/packing.ts";
import { packedBytes, packModel, type Packing } from "../archive-files/pack-model.ts";
import type { PackedFile } from "../archive-files/packed-files.ts";
import { archiveNameSchema, packRequestSchema, type PackRequest } from "../contract/archives.ts";
import type { Connections } from "../buckets/connections.ts";
import { publishedConfig } from "../archive/serving-form.ts";
import { StudioError } from "../contract/errors.ts";
import { int8Files } from "../drawing/int8-files.ts";
import { cacheFolder } from "../store/cache-folder.ts";
import type { ModelStore } from "../store/model-store.ts";
import { openSnapshotFolder, ownFiles } from "../store/snapshot-folder.ts";
import type { TransferRun, TransferRunner } from "../transfers/runner.ts";
import type { Transfers } from "../transfers/transfers.ts";
import { os } from "./implementer.ts";
import { inspectProcedure } from "./inspect-archive.ts";

/** The default content of an archive: our handler for TorchServe, and what it needs. */
const HANDLER = asset("stable_diffusion_handler.py");
const REQUIREMENTS = asset("requirements.txt");

function asset(path: string): PackedFile {
  return {
    path,
    place: fileURLToPath(new URL(`../../assets/torchserve/${path}`, import.meta.url)),
  };
}

type PackingRequest = Pick<
  PackRequest,
  "model" | "form" | "version" | "handler" | "requirements"
> & { readonly name: string };

/** What a request packs, without int8 weights: a model of the store by its id, or one in a folder. */
export async function packingOf(store: ModelStore, request: PackingRequest): Promise<Packing> {
  const { model, form, name, version, handler, requirements } = request;
  const folder = await openSnapshotFolder(await folderOf(store, model));
  return {
    form,
    name,
    version,
    files: await ownFiles(folder),
    handler: handler === undefined ? HANDLER : own(handler),
    requirements: requirements === undefined ? REQUIREMENTS : own(requirements),
  };
}

async function folderOf(store: ModelStore, model: string): Promise<string> {
  return isAbsolute(model) ? model : store.folderOf(model);
}

/** Where int8 weights are made for an archive. */
export interface Int8Making {
  readonly store: ModelStore;
  /** The cache folder; the system's by default. */
  readonly cacheFolder?: string | undefined;
}

/** Adds int8 weights to an archive if requested; they are made first, which is reported. */
export async function withInt8(
  packing: Packing,
  { model, int8 }: Pick<PackRequest, "model" | "int8">,
  { store, cacheFolder: chosen }: Int8Making,
  { signal, onProgress }: Pick<TransferRun, "signal" | "onProgress">,
): Promise<Packing> {
  if (!int8) return packing;
  const making = { cacheFolder: cacheFolder(chosen), signal, onProgress };
  return { ...packing, int8: await int8Files(await folderOf(store, model), making) };
}

function own(place: string): PackedFile {
  return { path: basename(place), place };
}

interface PackParts extends Int8Making {
  readonly dataFolder: string;
}

/** Making archives, as transfers. Only the studio's own folder for archives is created. */
export function packWork(parts: PackParts): TransferRunner {
  const { store, dataFolder } = parts;
  const ownFolder = join(dataFolder, "archives");
  return {
    canPause: false,
    run: async (run) => {
      const { signal, onProgress } = run;
      const request = packRequestSchema.parse(run.order);
      const { out, force } = request;
      if (request.int8) run.onNote("making the weights in int8");
      const plain = await packingOf(store, { ...request, name: nameOf(request) });
      const packing = await withInt8(plain, request, parts, run);
      if (request.int8) run.onNote("writing the archive");
      if (dirname(out) === ownFolder) await mkdir(ownFolder, { recursive: true });
      const totalBytes = await packedBytes(packing);
      let doneBytes = 0;
      const onBytes = (bytes: number): void => {
        signal.throwIfAborted();
        doneBytes = Math.min(totalBytes, doneBytes + bytes);
        onProgress({ doneBytes, totalBytes });
      };
      await packModel(packing, { out, force, onBytes });
      return isAbsolute(request.model) ? undefined : request.model;
    },
    // An unfinished archive has another name and is removed by its writer.
    discard: () => Promise.resolve(),
  };
}

interface ArchiveParts {
  readonly store: ModelStore;
  readonly connections: Connections;
  readonly transfers: Transfers;
}

/** Archives on this machine. */
export function archiveProcedures({ store, connections, transfers }: ArchiveParts) {
  return {
    inspect: inspectProcedure({ connections }),
    config: os.archives.config.handler(({ input: { name, version } }) => ({
      text: new TextDecoder("latin1").decode(publishedConfig(name, version).bytes()),
    })),
    pack: os.archives.pack.handler(async ({ input }) => {
      checkPaths(input);
      await packingOf(store, { ...input, name: nameOf(input) });
      const order = z.json().parse(JSON.parse(JSON.stringify(input)));
      return {
        transferId: await transfers.add({ kind: "pack", name: basename(input.out), order }),
      };
    }),
  };
}

/**
 * Refuses relative paths, which would depend on where the host was started, and extensions that TorchServe does not
 * know.
 */
function checkPaths({ out, form, handler, requirements }: PackRequest): void {
  const paths = { "The archive": out, "The handler": handler, "The requirements": requirements };
  for (const [field, value] of Object.entries(paths)) {
    if (value !== undefined && !isAbsolute(value)) {
      throw invalid(field, value, "it must be a full path");
    }
  }
  const { ending } = FORMS[form];
  if (basename(out).endsWith(ending)) return;
  throw invalid(
    "The archive",
    out,
    `TorchServe reads this form from a file that ends in ${ending}`,
  );
}

function invalid(field: string, value: string, reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field, value, reason });
}

/** The archive's file name without its extension, unless a name is given. */
function nameOf({ name, out, form }: PackRequest): string {
  if (name !== undefined) return name;
  const own = basename(out).slice(0, basename(out).length - FORMS[form].ending.length);
  if (archiveNameSchema.safeParse(own).success) return own;
  const reason = "TorchServe takes letters, digits, dots, - and _; choose one with --name";
  throw invalid("The model's name", own, reason);
}
