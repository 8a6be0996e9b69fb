import { writeSync } from "node:fs";
import { rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import type { Generation } from "../../engine/contract/generation.ts";
import { createStudio } from "../../engine/studio/create-studio.ts";

/**
 * A program that draws into a picture folder whose disk is full, frees space, and tries again. It prints, as JSON, the
 * result of both attempts and which steps were drawn for the second.
 */
const [dataFolder = "", pictureFolder = ""] = process.argv.slice(2);
const studio = await createStudio({
  dataFolder,
  cacheFolder: join(dataFolder, "caches"),
  addressOf: (kind, id) => `/pictures/${kind}/${id}`,
  freshAddress: () => "",
  logError: (error) => console.error(error),
});
const { generation, settings, gallery, events } = createRouterClient(studio.router);

async function ended(id: string): Promise<Generation> {
  for (;;) {
    const found = await generation.get({ id });
    if (found.state !== "waiting" && found.state !== "running") return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const filler = join(pictureFolder, "filler");
await settings.change({ pictureFolder });
const { bavail, bsize } = await statfs(pictureFolder);
await writeFile(filler, Buffer.alloc(bavail * bsize));

const { generationIds } = await generation.enqueue({ prompt: "a red ball", steps: 2, seed: "3" });
const [id = ""] = generationIds;
const first = await ended(id);
const whileFull = (await gallery.names({})).total;

await rm(filler);
const stages: string[] = [];
const stream = await events.subscribe();
void (async () => {
  for await (const event of stream)
    if (event.type === "progress") stages.push(event.progress.stage);
})();
await generation.retry({ ids: [id] });
const second = await ended(id);
const { isMissing, record } = await gallery.get({ id: second.imageId ?? "" });
await studio.close();
writeSync(
  1,
  JSON.stringify({
    first: { state: first.state, code: first.error?.code, whileFull },
    second: { state: second.state, stages, isMissing, seed: record.seed },
  }),
);
