import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { findModel, openArchive } from "../../engine/archive-files/archive.ts";
import { unpackModel } from "../../engine/archive-files/unpack-model.ts";
import type { Transfer } from "../../engine/contract/transfers.ts";
import { readInt8Path } from "../../engine/snapshot/int8-path.ts";
import { entriesOf } from "../fakes/mar-writer.ts";
import { refusal } from "../fakes/refusal.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { StudioUnderTest } from "./studio-under-test.ts";
import { TRANSPORTS } from "./transports.ts";

const TINY = resolve("test/golden/tiny-sd2-v/snapshot");

describe.each(TRANSPORTS)("making archives, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);

  async function ended(transferId: string): Promise<Transfer> {
    return vi.waitFor(
      async () => {
        const found = (await studio.client.transfers.list()).find(({ id }) => id === transferId);
        if (found === undefined || found.state === "running" || found.state === "waiting") {
          throw new Error(JSON.stringify(found));
        }
        return found;
      },
      { timeout: 50_000, interval: 20 },
    );
  }

  test("a folder's model becomes the notebook's archive, with our handler, under the file's name", async () => {
    const out = join(temporaryFolder(), "red-house.mar");
    const { transferId } = await studio.client.archives.pack({ model: TINY, out });
    expect(await ended(transferId)).toMatchObject({
      kind: "pack",
      state: "done",
      name: "red-house.mar",
    });
    const { manifest, container } = await openArchive(out);
    expect(manifest.model).toMatchObject({ modelName: "red-house", modelVersion: "1.0" });
    expect(container.members.map(({ path }) => path)).toEqual([
      "model.zip",
      "requirements.txt",
      "stable_diffusion_handler.py",
      "MAR-INF/MANIFEST.json",
    ]);
  });

  test("the studio's own folder for archives is created, but no other", async () => {
    const { dataFolder } = await studio.client.machine.get();
    const [own, other] = [join(dataFolder, "archives"), join(dataFolder, "not-there")];
    const pack = (folder: string) =>
      studio.client.archives.pack({ model: TINY, out: join(folder, "a.mar") });
    expect(await ended((await pack(own)).transferId)).toMatchObject({ state: "done" });
    expect(await ended((await pack(other)).transferId)).toMatchObject({
      state: "failed",
      error: { code: "ARCHIVE_UNWRITABLE" },
    });
  });

  test("the starter in another form, with another handler", async () => {
    const folder = temporaryFolder();
    const [out, handler] = [join(folder, "a.mar"), resolve("test/golden/make_own.py")];
    const request = {
      model: "starter",
      out,
      handler,
      form: "zip-store",
      name: "sd2",
      version: "2.1",
    } as const;
    const { transferId } = await studio.client.archives.pack(request);
    expect(await ended(transferId)).toMatchObject({ state: "done", modelId: "starter" });
    expect((await openArchive(out)).manifest.model).toMatchObject({
      modelName: "sd2",
      modelVersion: "2.1",
      handler: "make_own.py",
    });
    const again = await studio.client.archives.pack(request);
    expect(await ended(again.transferId)).toMatchObject({
      state: "failed",
      error: { code: "OUTPUT_EXISTS" },
    });
    expect(readFileSync(out).length).toBeGreaterThan(1e6);
  });

  test.each(["notebook", "zip-store", "default", "tgz", "no-archive"] as const)(
    "int8 weights are included on request, and are imported from the form %s",
    async (form) => {
      const endings = { tgz: ".tar.gz", "no-archive": "" };
      const ending = form === "tgz" || form === "no-archive" ? endings[form] : ".mar";
      const out = join(temporaryFolder(), `red-house${ending}`);
      const request = { model: TINY, out, form, int8: true };
      const { transferId } = await studio.client.archives.pack(request);
      expect(await ended(transferId)).toMatchObject({ state: "done" });
      const model = await findModel(await openArchive(out));
      const unet = "unet/diffusion_pytorch_model.fp16.safetensors";
      const source = createHash("sha256")
        .update(readFileSync(join(TINY, unet)))
        .digest("hex");
      expect(model.int8.map(({ path }) => readInt8Path(path)?.source)).toEqual([source]);
      const target = temporaryFolder();
      const files = await unpackModel(model, { target, onBytes: () => {} });
      const [path = ""] = model.int8.map((one) => one.path);
      expect(files.find((one) => one.path === path)?.sha256).toBe(readInt8Path(path)?.sha256);
      // The files that TorchServe and diffusers read are the same as without them.
      expect(model.files.map((one) => one.path)).toEqual(entriesOf(TINY).map(({ name }) => name));
    },
  );

  test.each([
    ["a relative path", { out: "a.mar" }, "REQUEST_INVALID"],
    ["a file that ends otherwise", { out: "/tmp/a.zip" }, "REQUEST_INVALID"],
    ["a name that TorchServe does not take", { out: "/tmp/red house.mar" }, "REQUEST_INVALID"],
    ["a model that is not there", { model: "nobody" }, "NOT_FOUND"],
    ["a folder that is no model", { model: "/" }, "SNAPSHOT_INCOMPLETE"],
  ] as const)("%s is refused at once", async (_, changes, code) => {
    const request = { model: TINY, out: join(temporaryFolder(), "a.mar"), ...changes };
    await expect(studio.client.archives.pack(request)).rejects.toEqual(refusal(code));
    expect(existsSync(request.out)).toBe(false);
  });
});
