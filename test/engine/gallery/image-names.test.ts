import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Gallery } from "../../../engine/gallery/gallery.ts";
import { openGallery, picture } from "../../fakes/gallery.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const START = "a".repeat(64);
const FASTER = {
  guidanceInterval: [0, 0.8],
  cacheInterval: 3,
  initImageId: START,
  resizeMode: "crop",
} satisfies Parameters<typeof picture>[0];
const DRAWN = {
  castle: { prompt: "a castle", steps: 20, seed: "12", scheduler: "ddim", decoder: "tiny" },
  twin: {
    prompt: "a castle",
    steps: 30,
    seed: "13",
    scheduler: "euler",
    styles: ["Oil paint"],
    initImageId: START,
  },
  fish: {
    ...FASTER,
    prompt: "a fish",
    seed: "12",
    model: "SD 2.1 base",
    width: 8,
    guidanceScale: 5,
  },
} satisfies Record<string, Parameters<typeof picture>[0]>;

async function drawn(folder: string) {
  const gallery = await openGallery(folder);
  const ids: Record<string, string> = {};
  for (const [name, record] of Object.entries(DRAWN))
    ids[name] = (await gallery.add(picture(record))).id;
  return { gallery, ids };
}

/** Names of the matching pictures. */
function found(gallery: Gallery, ids: Readonly<Record<string, string>>, search: string): string[] {
  const answers = new Set(gallery.names({ search }).days.flatMap((day) => day.ids));
  return Object.keys(DRAWN).filter((name) => answers.has(ids[name] ?? ""));
}

test("pictures are found by their settings, with words or without", async () => {
  const { gallery, ids } = await drawn(temporaryFolder());
  const expected: Record<string, readonly string[]> = {
    "steps:20": ["castle"],
    "steps:>20": ["twin", "fish"],
    "castle steps:>20": ["twin"],
    "seed:12": ["castle", "fish"],
    "12": ["castle", "fish"],
    " 12 width:4": ["castle"],
    "castle 12": [],
    "sampler:DDIM": ["castle", "fish"],
    'model:"sd 2.1"': ["fish"],
    "size:8x2": ["fish"],
    "width:<8": ["castle", "twin"],
    "guidance:<=5": ["fish"],
    "strength:>0": [],
    "file:A-Castle": ["castle", "twin"],
    "style:oil": ["twin"],
    "decoder:tiny": ["castle"],
    "guidance-interval:0-0.8": ["fish"],
    "guidance-interval:0-0.6": [],
    "cache-interval:>1": ["fish"],
    "cache-interval:2": [],
    "resize:Crop": ["fish"],
    "resize:default": ["twin"],
    "target:Local": ["castle", "twin", "fish"],
    "target:elsewhere": [],
    "size:large": [],
    "steps:": ["castle", "twin", "fish"],
    [`like:${ids["castle"]}`]: ["castle", "twin"],
    "like:gone": [],
  };
  const answers = Object.keys(expected).map((search) => [search, found(gallery, ids, search)]);
  expect(Object.fromEntries(answers)).toEqual(expected);
  await gallery.close();
});

test("a damaged record does not end a search", async () => {
  const folder = temporaryFolder();
  const { gallery, ids } = await drawn(folder);
  await gallery.close();
  const path = join(folder, "gallery.sqlite");
  const bytes = readFileSync(path);
  bytes[bytes.lastIndexOf('{"prompt":"a castle"')] = 1;
  writeFileSync(path, bytes);
  const opened = await openGallery(folder);
  expect(opened.needsRebuild).toBe(true);
  expect(found(opened, ids, "seed:12")).toContain("fish");
  await opened.close();
});
