import { spawnSync } from "node:child_process";

/** In the order in which they run; each states at its top what it measures and which flags it takes. */
const BENCHES = [
  "networks",
  "products",
  "pictures",
  "gallery",
  "gallery-page",
  "generate-page",
  "large-reply",
  "serving",
  "health",
  "load",
  "archive",
  "first-picture",
  "buckets",
  "chain",
];

/** These take hours and time nothing, so they only run if they are named. */
const NAMED = ["distance", "presets"];

/** `npm run bench`: all of BENCHES; `npm run bench -- NAME [flags]`: one. */
const [name, ...flags] = process.argv.slice(2);
const known = [...BENCHES, ...NAMED];
const isKnown = name === undefined || known.includes(name);
if (!isKnown) console.error(`There is no bench ${name}. Choose from: ${known.join(", ")}.`);
process.exitCode = isKnown ? 0 : 2;
for (const bench of isKnown ? (name === undefined ? BENCHES : [name]) : []) {
  console.log(`\n== ${bench}`);
  const file = new URL(`${bench}.ts`, import.meta.url).pathname;
  const { status } = spawnSync(process.execPath, [file, ...flags], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
