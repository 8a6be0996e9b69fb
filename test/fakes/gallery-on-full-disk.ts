import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StudioError } from "../../engine/contract/errors.ts";
import type { Gallery } from "../../engine/gallery/gallery.ts";
import { openGallery, picture } from "./gallery.ts";
import { MEGABYTE_SIDE, noisePng, pictureHash } from "./noise-png.ts";

/**
 * A program that adds pictures of a megabyte until the disk is full, frees some space and continues; it prints the
 * results as JSON. `gallery-on-full-disk.ts FOLDER SIDE_AFTERWARDS`.
 */
const [folder = "", sideAfterwards] = process.argv.slice(2);
const ballast = join(folder, "ballast");
writeFileSync(ballast, new Uint8Array(400_000));

const add = (gallery: Gallery, side: number) => gallery.add({ ...picture(), png: noisePng(side) });

/** Adds pictures until it is refused; returns the number kept and the refusal's code. */
async function fill(gallery: Gallery): Promise<{ kept: number; refusal: string }> {
  for (let kept = 0; kept < 100; kept++) {
    try {
      await add(gallery, MEGABYTE_SIDE);
    } catch (error) {
      return { kept, refusal: error instanceof StudioError ? error.code : String(error) };
    }
  }
  throw new Error("the disk never was full");
}

async function stateOf(gallery: Gallery) {
  const ids = gallery.names().days.flatMap((day) => day.ids);
  const whole = ids.filter((id) => pictureHash(readFileSync(gallery.fileOf(id))) !== undefined);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return {
    rows: ids.length,
    whole: whole.length,
    files: names.filter((name) => name.endsWith(".png")).length,
    unfinished: names.filter((name) => name.endsWith(".part")).length,
  };
}

const gallery = await openGallery(folder);
const first = await fill(gallery);
const again = await fill(gallery);
const full = await stateOf(gallery);
rmSync(ballast);
const { id } = await add(gallery, Number(sideAfterwards));
const freed = await stateOf(gallery);
await gallery.trash([id]);
await gallery.restore([id]);
await gallery.close();
const reopened = await stateOf(await openGallery(folder));
console.log(JSON.stringify({ first, again, full, freed, reopened }));
