import { existsSync } from "node:fs";
import { mkdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { downloadFailed, downloadWheel } from "../../../engine/cuda/download.ts";
import { packageIndex } from "../../../engine/cuda/package-index.ts";
import { partOf } from "../../../engine/cuda/placement.ts";
import { indexAnswer, installFrom, WHEELS, workshopIn } from "../../fakes/cuda-wheels.ts";
import { standInHost } from "../../fakes/stand-in-host.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const { wheel, bytes } = WHEELS[0]!;
const http = { fetch, failed: downloadFailed, stallMs: 5_000, pausesMs: [] };

test("refuses and discards bytes of the right length that are not the wheel", async () => {
  const changed = Uint8Array.from(bytes).fill(7, 100, 200);
  await using host = await standInHost(indexAnswer({ wheels: [{ wheel, bytes: changed }] }));
  const part = join(temporaryFolder(), "wheel.part");
  const index = packageIndex(`${host.url}/simple`);
  const download = downloadWheel({ wheel, index, part, http, onBytes: () => {} });
  await expect(download).rejects.toMatchObject({
    code: "CUDA_DOWNLOAD_DAMAGED",
    details: { reason: expect.stringContaining(`not ${wheel.sha256.slice(0, 16)}…`) },
  });
  await expect(stat(part)).rejects.toThrow("ENOENT");
});

test("sends its password only to the index's own host", async () => {
  const seen: Record<string, string | null> = {};
  const answer = async (url: URL, init: { headers: Record<string, string> }) => {
    seen[url.host] = init.headers["authorization"] ?? null;
    const page = { files: [{ filename: wheel.file, url: "https://files.example/x.whl" }] };
    return url.host === "files.example" ? new Response(bytes.slice()) : Response.json(page);
  };
  const index = packageIndex("https://me:secret@mirror.example/simple");
  const part = join(temporaryFolder(), "wheel.part");
  await downloadWheel({ wheel, index, part, http: { ...http, fetch: answer }, onBytes: () => {} });
  expect(seen).toEqual({
    "mirror.example": `Basic ${btoa("me:secret")}`,
    "files.example": null,
  });
});

test("omits signatures in addresses from its messages", () => {
  const refusal = downloadFailed("https://files.example/x.whl?signature=abc", "it is gone");
  expect(refusal.message).not.toContain("abc");
});

test.skipIf(!existsSync("/dev/full"))("names a disk that fills up", async () => {
  await using host = await standInHost(indexAnswer());
  const shop = workshopIn(temporaryFolder());
  const part = partOf(shop.folder, wheel);
  await mkdir(shop.folder, { recursive: true });
  await symlink("/dev/full", part);
  await writeFile(`${part}.validator`, '"one"');
  await expect(installFrom(host.url, shop)).rejects.toMatchObject({
    code: "DISK_FULL",
    details: { path: shop.folder },
  });
});
