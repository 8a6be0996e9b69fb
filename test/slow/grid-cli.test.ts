import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { GenerationRecord } from "../../engine/contract/image-record.ts";
import { readGeneration } from "../../engine/image/generation-text.ts";
import { readPngTexts } from "../../engine/image/png/read-png-texts.ts";
import { darkroom, lines } from "../fakes/command-line.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const TINY = "test/golden/tiny-sd1-eps/snapshot";
const quick = ["generate", "a red ball", "--steps", "2", "--device", "cpu", "--json"];

function recordIn(path: unknown): GenerationRecord {
  return readGeneration(readPngTexts(readFileSync(String(path)))) as GenerationRecord;
}

test("every picture of a grid is written, and one contact sheet of them", async () => {
  const folder = temporaryFolder();
  const axes = ["--grid-x", "guidance=1-9 [3]", "--grid-y", "prompt=red,blue"];
  const { code, out } = await darkroom([...quick, "--seed", "7", "--out", folder, ...axes]);
  expect(code).toBe(0);
  const told = lines(out).filter(({ type }) => type !== "progress");
  expect(told.map(({ type, column, row, guidance }) => [type, column, row, guidance])).toEqual([
    ["image", 0, 0, 1],
    ["image", 1, 0, 5],
    ["image", 2, 0, 9],
    ["image", 0, 1, 1],
    ["image", 1, 1, 5],
    ["image", 2, 1, 9],
    ["sheet", undefined, undefined, undefined],
  ]);
  expect(readdirSync(folder).toSorted()).toEqual([
    "a-red-ball-7-1-guidance-1-prompt-red.png",
    "a-red-ball-7-2-guidance-5-prompt-red.png",
    "a-red-ball-7-3-guidance-9-prompt-red.png",
    "a-red-ball-7-4-guidance-1-prompt-blue.png",
    "a-red-ball-7-5-guidance-5-prompt-blue.png",
    "a-red-ball-7-6-guidance-9-prompt-blue.png",
    "a-red-ball-7-grid.png",
  ]);
  const sheet = told.at(-1)!;
  expect(sheet).toMatchObject({ pictures: 6, path: join(folder, "a-red-ball-7-grid.png") });
  const { grid, ...shared } = recordIn(sheet["path"]);
  expect(shared).toMatchObject({ prompt: "a red ball", width: sheet["width"] });
  expect(grid).toMatchObject({
    x: { setting: "guidance", values: ["1", "5", "9"] },
    y: { setting: "prompt", values: ["red", "blue"] },
  });
  const last = recordIn(told[5]!["path"]);
  expect(last).toMatchObject({ prompt: "a blue ball", seed: "7", guidanceScale: 9 });
  expect(last.grid).toEqual({ ...grid, column: 2, row: 1 });
});

test("with the name of a file they are numbered row by row, also where columns are drawn first", async () => {
  const file = join(temporaryFolder(), "ball.png");
  const axes = ["--grid-x", `model=starter,${TINY}`, "--grid-y", "seed=3:4"];
  const { code, out } = await darkroom([...quick, ...axes, "--size", "64x64", "--out", file]);
  expect(code).toBe(0);
  const told = lines(out).filter(({ type }) => type !== "progress");
  expect(told.map(({ path, model, seed }) => [path, model, seed])).toEqual([
    [file.replace(".png", "-1.png"), "starter", "3"],
    [file.replace(".png", "-3.png"), "starter", "4"],
    [file.replace(".png", "-2.png"), "tiny-sd1-eps", "3"],
    [file.replace(".png", "-4.png"), "tiny-sd1-eps", "4"],
    [file.replace(".png", "-grid.png"), undefined, undefined],
  ]);
  expect(JSON.stringify(recordIn(told[4]!["path"]))).not.toContain("golden");
});

test("Ctrl+C leaves the pictures that are done, and a sheet of them", async () => {
  const folder = temporaryFolder();
  let isInterrupted = false;
  const interrupt = (text: string, pid: number): void => {
    if (isInterrupted || !text.includes('"image","path"')) return;
    isInterrupted = true;
    process.kill(pid, "SIGINT");
  };
  const slow = [...quick, "--grid-x", "steps=1,1000", "--out", folder, "--seed", "7"];
  const { code, out } = await darkroom(slow, { onOutput: interrupt });
  const told = lines(out).filter(({ type }) => type !== "progress");
  expect([code, told.map(({ type }) => type)]).toEqual([130, ["image", "sheet"]]);
  expect(told[1]).toMatchObject({ pictures: 1 });
  expect(existsSync(String(told[1]!["path"]))).toBe(true);
});

test.each([
  [["--grid-x", "colour=red"], "with one of these settings: steps, guidance,"],
  [["--grid-x", "steps"], "It must be like steps=10,20,30"],
  [["--grid-x", "steps="], "Enter values of steps"],
  [["--grid-x", "seed=1:101"], "at most 100"],
  [["--grid-x", "seed=1:20", "--grid-y", "guidance=1:20"], "The grid cannot be 400"],
  [["--grid-x", "steps=10,0"], 'The axis steps cannot be "0"'],
  [["--grid-x", "sampler=ddim,magic"], 'The axis sampler cannot be "magic"'],
  [["--grid-x", "prompt=bird,fish"], 'The axis prompt cannot be "bird"'],
  [["--grid-x", "strength=0.4,0.8"], "no effect without a start image"],
  [["--grid-x", "steps=1", "--grid-y", "steps=2"], "both axes set it"],
  [["--grid-y", "steps=1"], "add --grid-x"],
  [["--grid-x", "steps=1,2", "--count", "2"], "--count cannot be 2"],
])("%j is wrong usage, said before anything is drawn", async (axes, words) => {
  const folder = temporaryFolder();
  const { code, out } = await darkroom([...quick, "--out", folder, ...axes]);
  expect([code, readdirSync(folder)]).toEqual([2, []]);
  expect(lines(out)).toEqual([
    { type: "error", code: "REQUEST_INVALID", message: expect.stringContaining(words) },
  ]);
});

test("what one model or one file refuses is said before the first picture", async () => {
  const folder = temporaryFolder();
  const run = (...more: string[]) =>
    darkroom([...quick, "--out", join(folder, "a.png"), ...more], {
      env: { DARKROOM_HOME: temporaryFolder() },
    });
  const missing = await run("--grid-x", "model=starter,no/such/folder");
  expect([missing.code, lines(missing.out)]).toMatchObject([1, [{ code: "SNAPSHOT_NOT_FOUND" }]]);
  const steps = await run("--grid-x", "scheduler=ddim,euler", "--grid-y", "style=none,Missing");
  expect([steps.code, lines(steps.out)]).toMatchObject([1, [{ code: "NOT_FOUND" }]]);
  writeFileSync(join(folder, "a-grid.png"), "mine");
  const taken = await run("--grid-x", "steps=1,2");
  expect([taken.code, lines(taken.out)]).toMatchObject([1, [{ code: "OUTPUT_EXISTS" }]]);
  expect([readdirSync(folder), readFileSync(join(folder, "a-grid.png"), "utf8")]).toEqual([
    ["a-grid.png"],
    "mine",
  ]);
});

test("queue add takes a grid: each cell waits in the studio with its place", async () => {
  const folder = temporaryFolder();
  const run = (...args: string[]) => darkroom([...args, "--json", "--data-dir", folder]);
  const add = ["queue", "add", "a red ball", "--seed", "7"];
  const added = await run(...add, "--grid-x", "steps=2,3", "--grid-y", "guidance=1,5");
  expect([added.code, lines(added.out).map(({ state }) => state)]).toEqual([
    0,
    Array(4).fill("waiting"),
  ]);
  const rows = lines((await run("queue")).out);
  expect(rows.map(({ id, order }) => [id, order])).toMatchObject(
    lines(added.out).map(({ id }, i) => [
      id,
      { seed: "7", steps: 2 + (i % 2), grid: { column: i % 2, row: Math.floor(i / 2) } },
    ]),
  );
  const refused = await run(...add, "--grid-x", "model=starter,missing");
  expect([refused.code, lines(refused.out)[0]?.["type"]]).toEqual([1, "error"]);
  expect(lines((await run("queue")).out)).toHaveLength(4);
});

test("queue add sends a picture or a whole grid to an endpoint, by its name", async () => {
  const folder = temporaryFolder();
  const run = (...args: string[]) => darkroom([...args, "--json", "--data-dir", folder]);
  const address = ["https://edge.example", "--name", "edge", "--model", "sd", "--profile", "full"];
  const [endpoint] = lines((await run("endpoints", "add", ...address)).out);
  const add = ["queue", "add", "a red ball", "--endpoint"];
  expect((await run(...add, "edge", "--grid-x", "seed=1,2")).code).toBe(0);
  expect((await run(...add, String(endpoint?.["id"]))).code).toBe(0);
  const rows = lines((await run("queue")).out);
  expect(rows.map(({ target }) => target)).toEqual(Array(3).fill(endpoint?.["id"]));
  const refused = await run(...add, "nowhere", "--grid-x", "seed=1,2");
  expect([refused.code, lines(refused.out)]).toMatchObject([1, [{ code: "NOT_FOUND" }]]);
});
