import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openConnections } from "./open-connections.ts";
import { PACK_FORMS, type PackForm } from "../../engine/contract/archives.ts";
import { newConnectionSchema } from "../../engine/contract/buckets.ts";
import { toWire } from "../../engine/contract/errors.ts";
import { readModel } from "../../engine/drawing/read-model.ts";
import { ModelStore } from "../../engine/store/model-store.ts";
import { bucketImportWork } from "../../engine/studio/bucket-import.ts";
import { bucketWorks } from "../../engine/studio/bucket-transfers.ts";
import { modelWorks } from "../../engine/studio/model-works.ts";
import { packWork } from "../../engine/studio/pack-archive.ts";
import { publishWork } from "../../engine/studio/publish-model.ts";
import { Buckets } from "../../engine/buckets/buckets.ts";
import { ReceivedFiles } from "../../engine/studio/received-files.ts";
import type { TransferRun, TransferRunner, TransferTask } from "../../engine/transfers/runner.ts";
import { S3Server } from "./s3/s3-server.ts";

/**
 * A program that packs, imports and publishes the starter. It fills the small disk at DISK at every stage, frees space,
 * and lets each continue: `archives-on-full-disk.ts DISK FOLDER`. For each it prints, as a line of JSON, how it was
 * refused, what was on the disk then, and the result afterwards.
 */
const [disk = "", elsewhere = ""] = process.argv.slice(2);
const FILLER = join(disk, "filler");
const STARTER = resolve("assets/starter/snapshot");
const ENDINGS: Readonly<Record<PackForm, string>> = {
  notebook: "a.mar",
  "zip-store": "a.mar",
  default: "a.mar",
  tgz: "a.tar.gz",
  "no-archive": "a",
};

function fill(): void {
  const file = openSync(FILLER, "a");
  for (let bytes = 1 << 20; bytes >= 1;) {
    try {
      writeSync(file, Buffer.alloc(bytes));
    } catch {
      bytes = Math.floor(bytes / 2);
    }
  }
  closeSync(file);
}

/** When the disk fills up: at the start, or after a share of the bytes has been processed. */
type Moment = "before" | number;

interface Trial {
  readonly what: string;
  readonly runner: TransferRunner;
  readonly order: TransferTask;
  readonly moment: Moment;
  /** The parts of the work that are on the disk. */
  readonly left: () => Promise<unknown>;
  /** The result. */
  readonly made: () => Promise<unknown>;
}

/** Runs it on a disk that fills up, and again after space was freed. */
async function tried({ what, runner, order, moment, left, made }: Trial): Promise<void> {
  let isFull = false;
  const fillOnce = (): void => {
    if (!isFull) fill();
    isFull = true;
  };
  if (moment === "before") fillOnce();
  const onProgress: TransferRun["onProgress"] = ({ doneBytes, totalBytes }) => {
    if (moment !== "before" && doneBytes >= moment * totalBytes) fillOnce();
  };
  const { signal } = new AbortController();
  const run = {
    id: what.replaceAll(/\W+/g, "-"),
    order,
    signal,
    onNote: () => {},
    onStage: () => {},
  };
  const refused = await runner
    .run({ ...run, onProgress })
    .then(() => "no refusal")
    .catch((error: unknown) => toWire(error).code);
  const leftThere = await left();
  rmSync(FILLER, { force: true });
  const error = await runner
    .run({ ...run, onProgress: () => {} })
    .then(() => undefined)
    .catch((failure: unknown) => toWire(failure).message);
  writeSync(
    1,
    `${JSON.stringify({ what, refused, left: leftThere, error, made: await made() })}\n`,
  );
}

const sourceHash = (): string => {
  const unet = readFileSync(join(STARTER, "unet/diffusion_pytorch_model.safetensors"));
  return createHash("sha256").update(unet).digest("hex");
};
const before = sourceHash();

const openStore = (folder: string): Promise<ModelStore> =>
  ModelStore.open({
    folder,
    starterFolder: STARTER,
    cacheFolder: join(elsewhere, "cache"),
    readModel: async (path) => (await readModel(path, "float32")).summary,
    fitOf: () => ({ verdict: "good", reason: "It fits.", memoryBytes: 1 }),
  });

const names = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder)).filter((name) => name !== "filler").toSorted();

// Packing.
const packStore = await openStore(join(elsewhere, "models"));
for (const form of PACK_FORMS) {
  const out = join(disk, ENDINGS[form]);
  for (const moment of [0.01, 0.9]) {
    await tried({
      what: `pack ${form} ${moment}`,
      runner: packWork({ store: packStore, dataFolder: elsewhere }),
      order: { model: "starter", out, form, version: "1.0", force: false },
      moment,
      left: () => names(disk),
      made: () => names(disk),
    });
    rmSync(out, { recursive: true });
  }
}

// Importing a file.
const archive = join(elsewhere, "a.mar");
const order = { model: "starter", out: archive, form: "notebook", version: "1.0", force: false };
const quiet = { id: "p", signal: new AbortController().signal, onProgress: () => {} };
await packWork({ store: packStore, dataFolder: elsewhere }).run({
  ...quiet,
  order,
  onNote: () => {},
  onStage: () => {},
});
const archiveHash = createHash("sha256").update(readFileSync(archive)).digest("hex");
const models = join(disk, "models");
for (const moment of ["before", 0.1, 0.4, 0.5, 1] as const) {
  await mkdir(models, { recursive: true });
  const store = await openStore(models);
  const listed = async (): Promise<unknown> => (await store.list()).map(({ id }) => id);
  const works = modelWorks({
    store,
    hub: () => Promise.reject(new Error("no hub")),
    isOpen: () => true,
    onModels: () => {},
    bringTinyDecoder: () => Promise.reject(new Error("no hub")),
  });
  await tried({
    what: `import ${moment}`,
    runner: works.import,
    order: archive,
    moment,
    left: listed,
    made: async () => [await listed(), await names(models)],
  });
  rmSync(models, { recursive: true });
}

// To a bucket and back.
const server = await S3Server.start({ smallestPart: 1 });
const kept = server.bucket("toys");
const connections = await openConnections(elsewhere);
const { accessKey, secretKey, origin: endpoint } = server;
const { id: connectionId } = await connections.connect(
  newConnectionSchema.parse({ accessKey, secretKey, endpoint, bucket: "toys" }),
);
const inBucket = async (): Promise<unknown> => ({
  keys: [...kept.keys()],
  uploads: kept.uploads.size,
});
const dataFolder = join(disk, "data");
const buckets = new Buckets(connections);
for (const moment of ["before", 0.1] as const) {
  await tried({
    what: `publish ${moment}`,
    runner: publishWork({ store: packStore, connections, buckets, dataFolder }),
    order: { connectionId, model: "starter", name: "toy", prefix: "", version: "1.0" },
    moment,
    left: inBucket,
    made: async () => [await inBucket(), await names(join(dataFolder, "bucket-transfers"))],
  });
}
for (const moment of ["before", 0.3] as const) {
  const key = `parts ${moment}.mar`;
  const { upload } = bucketWorks({
    connections,
    dataFolder,
    received: new ReceivedFiles(dataFolder),
  });
  await tried({
    what: `upload ${moment}`,
    runner: upload,
    order: { connectionId, bucket: "toys", key, path: archive, partBytes: 100_000 },
    moment,
    left: async () => kept.find(key) !== undefined,
    made: async () => [
      kept.get(key).bytes.equals(readFileSync(archive)),
      kept.uploads.size,
      await names(join(dataFolder, "bucket-transfers")),
    ],
  });
}
for (const moment of ["before", 0.2, 0.5, 0.8, 1] as const) {
  await mkdir(models, { recursive: true });
  const store = await openStore(models);
  const listed = async (): Promise<unknown> => (await store.list()).map(({ id }) => id);
  await tried({
    what: `bucket import ${moment}`,
    runner: bucketImportWork({ store, connections, onModels: () => {} }),
    order: { connectionId, bucket: "toys", kind: "archive", key: "parts 0.3.mar" },
    moment,
    left: listed,
    made: async () => [await listed(), await names(models)],
  });
  rmSync(models, { recursive: true });
}
await connections.close();
await server.close();
const after = createHash("sha256").update(readFileSync(archive)).digest("hex");
writeSync(1, `${JSON.stringify({ sources: before === sourceHash() && after === archiveHash })}\n`);
