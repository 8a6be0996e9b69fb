import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copiedObjects, requestedPrefix } from "../../engine/archive/storage-initializer.ts";
import type { Bucket } from "../../engine/buckets/bucket-client.ts";
import { readObject } from "../../engine/buckets/object-source.ts";
import { objectsLike } from "../../engine/studio/check-deployment.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { publishTo } from "./cluster.ts";
import { openToys, send, source } from "./s3-operations.ts";
import type { StartedService } from "./s3-service.ts";
import { startMoto } from "./started-moto.ts";
import {
  filesOf,
  hashOf,
  initializeStorage,
  INITIALIZERS,
  type InitializerVersion,
} from "./storage-initializer.ts";

/** Keys that the versions place differently, or that services and people leave behind. */
const AWKWARD: Readonly<Record<string, string>> = {
  "sd2/config/config.properties": "a",
  "sd2/model-store/stable-diffusion.mar": "b",
  "stable-diffusion/": "",
  "stable-diffusion/.hidden": "c",
  "stable-diffusion/a b+ü%.txt": "d",
  "stable-diffusion/config/": "",
  "stable-diffusion/config/config.properties": "e",
  "stable-diffusion/empty.txt": "",
  "stable-diffusion/model-store/stable-diffusion.mar": "f",
  "stable-diffusion/stable-diffusion/again.txt": "g",
  "stable-diffusion/config/stable-diffusion.json": "h",
  "stable-diffusion-xl/model-store/xl.mar": "i",
  "stable-diffusion.txt": "j",
  "models/a.b+c(d)/model-store/one.mar": "k",
  "models/a.b+c(d)/x/models/a.b+c(d)/two.txt": "l",
  "v#2/model-store/v.mar": "n",
  "what?/model-store/w.mar": "o",
};

const PATHS = [
  "",
  "/stable-diffusion/",
  "models/a.b+c(d)",
  "models/a.b+c(d)/",
  "nothing",
  "sd2",
  "sd2/",
  "stable-diffusion",
  "stable-diffusion/",
  "stable-diffusion/empty.txt",
  "stable-diffusion/model-store/stable-diffusion.mar",
  "v#2/",
  "what?/",
];

/** A folder's marker without a slash, as some tools write it; no other path can be copied beside it. */
const MARKED = { marked: "", "marked/model-store/marked.mar": "m" };

const signal = new AbortController().signal;

/**
 * Compares our rules for KServe's storage initializer with the program itself, on an S3 service that we have written
 * to.
 */
export function initializerRules(as: InitializerVersion): void {
  describe(`the storage initializer of ${INITIALIZERS[as].peer}`, () => {
    const data = mkdtempSync(join(tmpdir(), "darkroom-initializer-"));
    let service: StartedService;
    beforeAll(async () => {
      service = await startMoto();
    }, 120_000);
    afterAll(async () => {
      await service.stop();
      rmSync(data, { recursive: true, force: true });
    });

    /** The result of our rules for a path: SHA-256 of each file by its path. */
    async function ours(bucket: Bucket, path: string): Promise<Record<string, string>> {
      const objects = await objectsLike(bucket, requestedPrefix(path), signal);
      const files: Record<string, string> = {};
      for (const one of copiedObjects(objects, path, as)) {
        const bytes = await readObject(bucket, { key: one.key, maxBytes: 1 << 30 }, signal);
        files[one.path] = hashOf(bytes ?? Buffer.from("it is gone"));
      }
      return files;
    }

    async function theirs(
      bucketName: string,
      paths: readonly string[],
    ): Promise<Record<string, Readonly<Record<string, string>>>> {
      const targets = paths.map(() => join(temporaryFolder(), "models"));
      const copyings = paths.map((path, at) => ({ path, target: targets[at] ?? "" }));
      const faults = await initializeStorage({ as, service, bucket: bucketName }, copyings);
      for (const { target } of copyings) mkdirSync(target, { recursive: true });
      const others = faults.filter((fault) => fault?.includes("No model found in") === false);
      expect(others).toEqual([]);
      return Object.fromEntries(copyings.map(({ path, target }) => [path, filesOf(target)]));
    }

    test("copies what publishing wrote, with and without the slash, as our rules say", async () => {
      const { bucket, bucketName } = await openToys(service);
      const name = "stable-diffusion";
      await publishTo(service, { model: "starter", bucket: bucketName, name, data });
      const mar = "stable-diffusion.mar";
      const its = await theirs(bucketName, ["stable-diffusion/", "stable-diffusion"]);
      const names = (path: string): readonly string[] => Object.keys(its[path] ?? {}).toSorted();
      const config = "config/config.properties";
      const right = `model-store/${mar}`;
      for (const path of Object.keys(its)) expect(its[path]).toEqual(await ours(bucket, path));
      expect(names("stable-diffusion/")).toEqual([config, right]);
      expect(names("stable-diffusion")).toEqual([config, as === "0.12" ? mar : right]);
    });

    test.each([
      ["awkward keys", AWKWARD, PATHS],
      ["a marker without a slash", MARKED, ["marked", "marked/"]],
    ] as const)("places %s as our rules say", async (_, objects, paths) => {
      const { bucket, bucketName } = await openToys(service);
      for (const [key, text] of Object.entries(objects)) {
        await send(bucket, { key, source: source(Buffer.from(text)) });
      }
      const mine: Record<string, Readonly<Record<string, string>>> = {};
      for (const path of paths) mine[path] = await ours(bucket, path);
      expect(await theirs(bucketName, paths)).toEqual(mine);
    });
  });
}
