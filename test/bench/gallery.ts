/**
 * Measures the cost of a gallery of many pictures in the host: `node test/bench/gallery.ts [--pictures N]`. The files
 * are real and written first, which is not measured; the index is then built from them.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  galleryNamesSchema,
  imageSchema,
  type GalleryQuery,
} from "../../engine/contract/gallery.ts";
import { Gallery } from "../../engine/gallery/gallery.ts";
import { writeFullGallery } from "./full-gallery.ts";
import { median, timed } from "./measure.ts";

const { values } = parseArgs({ options: { pictures: { type: "string", default: "50000" } } });
const pictures = Number(values.pictures);
const ROUNDS = 15;

const folder = mkdtempSync(join(tmpdir(), "darkroom-bench-gallery-"));
const open = () =>
  Gallery.open({
    dataFolder: folder,
    settings: () => ({ fileNamePattern: "{date}/{prompt}-{seed}" }),
    makeThumbnail: async () => new Uint8Array(0),
  });

function print(what: string, seconds: readonly number[]): void {
  const [best, middle] = [Math.min(...seconds), median(seconds)].map((s) => (s * 1000).toFixed(1));
  console.log(`${what.padEnd(46)} ${middle} ms, at best ${best} ms`);
}

async function measure(what: string, work: () => unknown): Promise<void> {
  const seconds = [];
  for (let round = 0; round < ROUNDS; round++) seconds.push(await timed(async () => work()));
  print(what, seconds);
}

/** The longest time that anything else in the process had to wait while `work` ran. */
async function longestStall(work: () => Promise<unknown>): Promise<number> {
  let [last, longest] = [performance.now(), 0];
  const timer = setInterval(() => {
    const now = performance.now();
    [longest, last] = [Math.max(longest, now - last), now];
  }, 1);
  await work();
  clearInterval(timer);
  return longest / 1000;
}

try {
  writeFullGallery(folder, pictures);
  const gallery = await open();
  let stall = 0;
  const rebuilding = await timed(async () => {
    stall = await longestStall(() => gallery.rebuild());
  });
  print(`rebuild of ${pictures} pictures`, [rebuilding]);
  print("  longest stall of the host meanwhile", [stall]);
  await gallery.close();
  const reopening: number[] = [];
  for (let round = 0; round < 3; round++) {
    let again: Gallery | undefined;
    reopening.push(await timed(async () => (again = await open())));
    await again?.close();
  }
  print("open", reopening);

  const full = await open();
  const all = full.names().days.flatMap(({ ids }) => ids);
  if (all.length !== pictures) throw new Error(`${all.length} of ${pictures} pictures were found`);
  await full.star(all.slice(0, 300), true);
  const queries: Record<string, GalleryQuery> = {
    "names, all": {},
    "names, oldest first": { sort: "oldest" },
    "names, a common word": { search: "fish" },
    "names, two words, one unfinished": { search: "golden lighth" },
    "names, one letter": { search: "w" },
    "names, one model": { model: "starter" },
    "names, starred": { isStarred: true },
    "names, a month": { from: "2026-01-01", to: "2026-01-31" },
  };
  for (const [what, query] of Object.entries(queries)) {
    await measure(`${what} (${full.names(query).total})`, () => full.names(query));
  }
  const names = full.names();
  await measure("  checking all names against the contract", () => galleryNamesSchema.parse(names));
  const some = all.filter((_, i) => i % Math.ceil(pictures / 200) === 0).slice(0, 200);
  await measure(`details of ${some.length}, from everywhere`, () => full.details(some));
  await measure("details of 200, neighbours", () => full.details(all.slice(1000, 1200)));
  const stored = await full.details(some);
  const images = stored.map((image) => ({ ...image, address: "/a", thumbnail: "/b" }));
  await measure("  checking them against the contract", () => imageSchema.array().parse(images));
  await measure("facets", () => full.facets());
  await full.close();
} finally {
  rmSync(folder, { recursive: true });
}
