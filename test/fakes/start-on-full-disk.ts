import { writeSync } from "node:fs";
import { statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { Ownership } from "../../engine/files/ownership.ts";
import { createStudio } from "../../engine/studio/create-studio.ts";

/**
 * A program that opens a studio in a folder of a small disk, fills the disk, and opens it again. It
 * tells, as JSON, whether the theme chosen before is still there and what a new wish is answered.
 */
const [disk = ""] = process.argv.slice(2);
const dataFolder = join(disk, "data");

async function open() {
  const ownership = await Ownership.take(dataFolder);
  const studio = await createStudio({
    dataFolder,
    cacheFolder: join(dataFolder, "caches"),
    addressOf: (kind, id) => `/pictures/${kind}/${id}`,
    freshAddress: () => "",
    logError: () => {},
  });
  const client = createRouterClient(studio.router);
  const close = async () => {
    await studio.close();
    await ownership.release();
  };
  return { client, close };
}

const before = await open();
await before.client.settings.change({ theme: "dark" });
await before.close();

const { bavail, bsize } = await statfs(disk);
await writeFile(join(disk, "filler"), Buffer.alloc(bavail * bsize));

const full = await open();
const { theme } = await full.client.settings.get();
const { total } = await full.client.gallery.names({});
const wish = full.client.generation.enqueue({ prompt: "a red ball", steps: 1 });
const refusal = await wish.then(
  () => "none",
  (error: unknown) => (error instanceof Error && "code" in error ? error.code : String(error)),
);
await full.close();
writeSync(1, JSON.stringify({ theme, total, refusal }));
