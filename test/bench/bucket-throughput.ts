import { randomFillSync } from "node:crypto";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packModel } from "../../engine/archive-files/pack-model.ts";
import type { Bucket } from "../../engine/buckets/bucket-client.ts";
import { Buckets } from "../../engine/buckets/buckets.ts";
import { openConnections } from "../fakes/open-connections.ts";
import { downloadObject } from "../../engine/buckets/download.ts";
import { fileSource } from "../../engine/buckets/sent-bytes.ts";
import { TransferJournal } from "../../engine/buckets/transfer-journal.ts";
import { uploadObject } from "../../engine/buckets/upload.ts";
import { newConnectionSchema } from "../../engine/contract/buckets.ts";
import { ModelStore } from "../../engine/store/model-store.ts";
import { packingOf } from "../../engine/studio/pack-archive.ts";
import { publishWork } from "../../engine/studio/publish-model.ts";
import { headWithExtra } from "../fakes/large-model.ts";
import { TINY } from "../fakes/mar-writer.ts";
import { runCommand } from "../fakes/run-command.ts";
import { programOf } from "../interop/go-program.ts";
import { startService, type StartedService } from "../interop/s3-service.ts";
import { computed, interleaved, median } from "./measure.ts";

const BUCKET = "throughput";
const UNET = "unet/diffusion_pytorch_model.fp16.safetensors";
const MIB = 1 << 20;

/**
 * Measures how fast bytes are uploaded to a bucket and downloaded again, compared with rclone as a client of the same
 * server, which is rclone's own. Both verify what they transferred. Publishing reads the archive back, so rclone also
 * has to check the bytes, although its archive is ready and ours is assembled during the upload.
 */
export async function measureThroughput(mib: number, rounds: number): Promise<void> {
  const program = programOf("rclone");
  if (!existsSync(program)) {
    process.stdout.write("Throughput is not measured: run npm run test:interop -- rclone first.\n");
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "darkroom-bench-throughput-"));
  const service = await startService({
    program,
    args: (port, served) =>
      `serve s3 ${served} --addr 127.0.0.1:${port} --auth-key darkroom,darkroomsecret`.split(" "),
  });
  try {
    await measure(new Rclone(program, folder, service), { folder, service, mib, rounds });
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Measuring {
  readonly folder: string;
  readonly service: StartedService;
  readonly mib: number;
  readonly rounds: number;
}

async function measure(rclone: Rclone, measuring: Measuring): Promise<void> {
  const { folder, mib, rounds } = measuring;
  const model = modelOf(folder, mib);
  const file = join(folder, "sd.mar");
  const ours = await openOurs(measuring);
  await packModel(
    { ...(await packingOf(ours.store, { model, form: "notebook", name: "sd", version: "1.0" })) },
    { out: file, force: true, onBytes: () => {} },
  );
  const out = (name: string): string => {
    rmSync(join(folder, name), { recursive: true, force: true });
    return join(folder, name);
  };
  const contestants = {
    "upload, ours": () => ours.upload(file),
    "upload, rclone": () => rclone.run("copy", file, `there:${BUCKET}/theirs`),
    "publish, ours": () => ours.publish(model),
    "publish, rclone": async () => {
      await rclone.run("copy", file, `there:${BUCKET}/published`);
      await rclone.run("check", "--download", file, `there:${BUCKET}/published`);
    },
    "download, ours": () => ours.download(out("ours.mar")),
    "download, rclone": () => rclone.run("copy", `there:${BUCKET}/theirs/sd.mar`, out("theirs")),
  };
  const processor: Record<string, number[]> = {};
  const watched = Object.entries(contestants).map(([name, work]) => {
    const run = async (): Promise<void> => {
      (processor[name] ??= []).push(await computed(work));
    };
    return [name, run] as const;
  });
  const seconds = await interleaved(Object.fromEntries(watched), rounds);
  await ours.close();
  const megabytes = statSync(file).size / 1e6;
  console.table(
    ["upload", "publish", "download"].map((what) => {
      const [mine = [], theirs = []] = [seconds[`${what}, ours`], seconds[`${what}, rclone`]];
      const ratios = mine.map((own, round) => (theirs[round] ?? 0) / own);
      return {
        what,
        "ours, MB/s": Math.round(megabytes / median(mine)),
        "rclone, MB/s": Math.round(megabytes / median(theirs)),
        "x rclone": median(ratios).toFixed(2),
        rounds: ratios.map((ratio) => ratio.toFixed(2)).join(" "),
        "our processor, s": median(processor[`${what}, ours`]?.slice(1) ?? []).toFixed(2),
      };
    }),
  );
}

/** The tiny model with this much more in its UNet. */
function modelOf(folder: string, mib: number): string {
  const model = join(folder, "model");
  cpSync(TINY, model, { recursive: true });
  const weights = join(model, UNET);
  writeFileSync(weights, headWithExtra(readFileSync(weights), mib * MIB));
  for (let i = 0; i < mib; i++) appendFileSync(weights, randomFillSync(Buffer.alloc(MIB)));
  return model;
}

async function openOurs({ folder, service }: Measuring) {
  const dataFolder = join(folder, "data");
  mkdirSync(dataFolder);
  const connections = await openConnections(dataFolder);
  const buckets = new Buckets(connections);
  const { endpoint, accessKey, secretKey } = service;
  const asked = newConnectionSchema.parse({ endpoint, accessKey, secretKey, bucket: BUCKET });
  const { id: connectionId } = await connections.connect(asked);
  await buckets.create(connectionId, BUCKET);
  const bucket: Bucket = await connections.bucket({ connectionId });
  const store = await ModelStore.open({
    folder: join(dataFolder, "models"),
    starterFolder: TINY,
    readModel: () => Promise.reject(new Error("no model is read here")),
    fitOf: () => ({ verdict: "good", reason: "", memoryBytes: 0 }),
    cacheFolder: join(dataFolder, "cache"),
  });
  const publishing = publishWork({ store, connections, buckets, dataFolder });
  const { signal } = new AbortController();
  const work = {
    signal,
    onProgress: () => {},
    onBytes: () => {},
    onNote: () => {},
    onStage: () => {},
  };
  let count = 0;
  const key = "ours/sd.mar";
  return {
    store,
    upload: async (file: string) => {
      const journal = await TransferJournal.open(dataFolder, `${count++}`);
      await uploadObject(bucket, { ...work, key, source: await fileSource(file), journal });
    },
    publish: async (model: string) => {
      const order = { model, connectionId, name: "sd", prefix: "", version: "1.0" };
      await publishing.run({ ...work, id: `${count++}`, order });
    },
    download: (out: string) => downloadObject(bucket, { ...work, key, out, force: true }),
    close: () => connections.close(),
  };
}

/** rclone as a client. */
class Rclone {
  readonly #program: string;
  readonly #folder: string;
  readonly #env: Readonly<Record<string, string>>;

  constructor(program: string, folder: string, { endpoint, accessKey, secretKey }: StartedService) {
    this.#program = program;
    this.#folder = folder;
    this.#env = {
      RCLONE_CONFIG: join(folder, "none.conf"),
      RCLONE_CONFIG_THERE_TYPE: "s3",
      RCLONE_CONFIG_THERE_PROVIDER: "Other",
      RCLONE_CONFIG_THERE_ENDPOINT: endpoint,
      RCLONE_CONFIG_THERE_ACCESS_KEY_ID: accessKey,
      RCLONE_CONFIG_THERE_SECRET_ACCESS_KEY: secretKey,
    };
  }

  async run(...args: readonly string[]): Promise<void> {
    // Transfers again what is already there.
    const all = [...args, ...(args[0] === "copy" ? ["--ignore-times"] : [])];
    const { code, stderr } = await runCommand(this.#program, all, {
      cwd: this.#folder,
      env: this.#env,
    });
    if (code !== 0) throw new Error(`rclone ${args.join(" ")}: ${stderr}`);
  }
}
