import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { nameOfKey, type BucketModel } from "../archive/bucket-layout.ts";
import { ConfigProperties, MAX_CONFIG_BYTES } from "../archive/config-properties.ts";
import { servedModels, type ServedModel } from "../archive/serving-form.ts";
import {
  copiedObjects,
  differencesOver,
  requestedPrefix,
  type CopiedObject,
} from "../archive/storage-initializer.ts";
import type { Bucket } from "../buckets/bucket-client.ts";
import type { Connections } from "../buckets/connections.ts";
import { readObject } from "../buckets/object-source.ts";
import type { KServeVersion } from "../contract/archives.ts";
import { bucketServeSchema } from "../contract/bucket-transfers.ts";
import { StudioError } from "../contract/errors.ts";
import { modelIdSchema } from "../contract/models.ts";
import type { ModelStore } from "../store/model-store.ts";
import type { TransferRun, TransferRunner } from "../transfers/runner.ts";
import type { Transfers } from "../transfers/transfers.ts";
import { bringModel } from "./bucket-import.ts";
import { objectsLike } from "./check-deployment.ts";
import { os } from "./implementer.ts";
import type { LocalServer } from "./local-server.ts";
import { bringingInto } from "./model-works.ts";
import type { StudioEngine } from "./studio-engine.ts";

export interface ServeParts {
  readonly store: ModelStore;
  readonly connections: Connections;
  readonly server: Pick<LocalServer, "start">;
  readonly studioEngine: Pick<StudioEngine, "load">;
  readonly onModels: () => void;
}

/** KServe's wrapper tries ten times by default, half a minute apart, because its server starts at the same time. */
const TRIES = 3;
const PAUSE_MS = 2000;

const VERSIONS: Readonly<Record<KServeVersion, string>> = {
  "0.12": "KServe 0.12 to 0.14",
  "0.15": "KServe 0.15 and later",
};

/** Serves a path in a bucket as the storage initializer and TorchServe would, as a transfer. */
export function serveWork(parts: ServeParts): TransferRunner {
  const { store, onModels } = parts;
  const bringing = bringingInto(store, onModels);
  return {
    canPause: true,
    run: async (run) => {
      const request = bucketServeSchema.parse(run.order);
      const { path, kserve, connectionId } = request;
      const bucket = await parts.connections.bucket(request);
      const { model, found } = await mounted(bucket, { path, kserve, run });
      const id = modelIdSchema.safeParse(model.name).data;
      const order = { connectionId, bucket: bucket.name, ...found, id };
      const brought = await bringing(run, () =>
        bringModel(run, order, parts).catch((error: unknown) => knownModel(error, run)),
      );
      await load(brought, parts, run);
      const { origin } = await parts.server.start();
      run.onStage(`ready: ${model.name} answers at ${origin ?? "the inference server"}`);
      return brought;
    },
    discard: (id) => store.discard(id),
  };
}

interface Mounting {
  readonly path: string;
  readonly kserve: KServeVersion;
  readonly run: Pick<TransferRun, "signal" | "onStage">;
}

/** What TorchServe would find below /mnt/models: the model that it loads first, and that model's archive. */
async function mounted(
  bucket: Bucket,
  { path, kserve, run: { signal, onStage } }: Mounting,
): Promise<{ readonly model: ServedModel; readonly found: BucketModel }> {
  const refused = (reason: string): Error =>
    new StudioError("BUCKET_NOT_SERVABLE", { path: path || bucket.name, reason });
  const objects = await objectsLike(bucket, requestedPrefix(path), signal);
  const copied = copiedObjects(objects, path, kserve);
  if (copied.length === 0) throw refused("nothing is copied from there");
  onStage(`found: ${copied.length} files, placed as by ${VERSIONS[kserve]}`);
  const differences = differencesOver(objects, path);
  for (const one of differences.slice(0, 3)) onStage(`warning: KServe's versions differ: ${one}`);
  const config = copied.findLast((one) => one.path === "config/config.properties");
  if (config === undefined) throw refused("no config/config.properties is among the copies");
  const bytes = await readObject(bucket, { key: config.key, maxBytes: MAX_CONFIG_BYTES }, signal);
  if (bytes === undefined) throw refused(`${config.key} cannot be read`);
  const [model, ...others] = servedModels(ConfigProperties.parse(bytes));
  if (model === undefined) throw refused("config.properties names no model to load");
  if (others.length > 0) {
    const names = others.map(({ name }) => name).join(", ");
    onStage(`warning: one model is served at a time here; TorchServe would load ${names}, too`);
  }
  const found = archiveAmong(copied, `model-store/${model.marName}`);
  if (found !== undefined) return { model, found };
  const lost = copied.find((one) => nameOfKey(one.key) === model.marName);
  const where = lost === undefined ? "nowhere" : `${lost.path || "at the root"} instead`;
  throw refused(`model-store/${model.marName} is not among the copies; it is ${where}`);
}

function archiveAmong(copied: readonly CopiedObject[], path: string): BucketModel | undefined {
  const file = copied.findLast((one) => one.path === path);
  if (file !== undefined) return { kind: "archive", key: file.key };
  const inside = copied.find((one) => one.path.startsWith(`${path}/`));
  if (inside === undefined) return undefined;
  const length = inside.key.length - (inside.path.length - path.length - 1);
  return { kind: "folder", key: inside.key.slice(0, length) };
}

/** A model that was imported before can be served as well. */
function knownModel(error: unknown, { onStage }: TransferRun): string {
  if (!(error instanceof StudioError) || error.code !== "MODEL_EXISTS") throw error;
  const model = String(error.details["model"]);
  onStage(`unpacked: it is the model ${model} already`);
  return model;
}

async function load(
  model: string,
  { studioEngine }: ServeParts,
  { signal, onStage }: TransferRun,
): Promise<void> {
  for (let count = 1; ; count++) {
    onStage(`try ${count} of ${TRIES}: loading ${model}`);
    try {
      return await studioEngine.load(model);
    } catch (error) {
      if (count === TRIES) throw error;
      await sleep(PAUSE_MS, undefined, { signal });
    }
  }
}

/** Serving a path in a bucket on this machine. */
export function serveProcedure({
  connections,
  transfers,
}: Pick<ServeParts, "connections"> & { readonly transfers: Transfers }) {
  return os.buckets.serve.handler(async ({ input }) => {
    const bucket = await connections.bucket(input);
    const order = z.json().parse({ ...input, bucket: bucket.name });
    const name = nameOfKey(input.path) || bucket.name;
    return { transferId: await transfers.add({ kind: "bucket-serve", name, order }) };
  });
}
