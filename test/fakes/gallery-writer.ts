import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { addPngTexts } from "../../engine/image/png/png-text.ts";
import { say, startCounting } from "./dying-files.ts";
import { openGallery, picture } from "./gallery.ts";
import { noisePng } from "./noise-png.ts";

/**
 * A program that uses a gallery as people do until it is killed, and prints each action before and after: `doing add
 * N`, `did add N ID`. `gallery-writer.ts FOLDER gallery|plain SIDE FIRST COUNT`; `plain` writes the same pictures as a
 * careless program would.
 */
const [folder = "", mode, side, first, rounds] = process.argv.slice(2);

const tell = (line: string) => say(1, line);

async function useGallery(png: Uint8Array, from: number, count: number): Promise<void> {
  const gallery = await openGallery(folder, {
    settings: () => ({ fileNamePattern: "{date}/{prompt}" }),
  });
  startCounting();
  for (let i = from; i < from + count; i++) {
    tell(`doing add ${i}`);
    const { id } = await gallery.add({ ...picture({ seed: String(i) }), png });
    tell(`did add ${i} ${id}`);
    if (i % 3 === 2) continue;
    await doing("star", id, () => gallery.star([id], true));
    await doing("trash", id, () => gallery.trash([id]));
    if (i % 3 === 1) await doing("restore", id, () => gallery.restore([id]));
    else await doing("delete", id, () => gallery.emptyTrash([id]));
  }
}

async function doing(what: string, id: string, work: () => Promise<void>): Promise<void> {
  tell(`doing ${what} ${id}`);
  await work();
  tell(`did ${what} ${id}`);
}

async function writePlainly(png: Uint8Array, from: number, count: number): Promise<void> {
  for (let i = from; i < from + count; i++) {
    const marked = addPngTexts(png, new Map([["number", String(i)]]));
    await writeFile(join(folder, `${i}.png`), marked);
    tell(`did add ${i} ${i}`);
  }
}

const work = mode === "plain" ? writePlainly : useGallery;
await work(noisePng(Number(side)), Number(first), Number(rounds));
