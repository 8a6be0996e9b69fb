import { readFileSync } from "node:fs";
import { z } from "zod";

const samplesSchema = z.array(z.object({ prompt: z.string() }));
const samples = new URL("../../assets/starter/prompts.json", import.meta.url);

/** The things that the starter can draw, as its README lists them. */
const THINGS =
  "dog cat fish bird flower tree house star heart ball box moon mushroom boat balloon robot".split(
    " ",
  );
const COLOURS = "red orange yellow green blue purple pink brown black white gray".split(" ");
const SCENES = [
  "in a meadow",
  "on the beach",
  "at night",
  "at sunset",
  "in the snow",
  "under water",
  ...COLOURS.map((colour) => `on a ${colour} background`),
];

/** `count` prompts in the starter's vocabulary: its samples, then every thing in turn. */
export function starterPrompts(count: number): readonly string[] {
  const known = samplesSchema.parse(JSON.parse(readFileSync(samples, "utf8")));
  const prompts = known.map(({ prompt }) => prompt);
  for (let i = 0; prompts.length < count; i++) {
    const [thing, scene] = [THINGS[i % THINGS.length]!, SCENES[(5 * i) % SCENES.length]!];
    prompts.push(`a ${COLOURS[(3 * i) % COLOURS.length]!} ${thing} ${scene}`);
  }
  return prompts.slice(0, count);
}
