import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { darkroom, lines } from "../fakes/command-line.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const quick = ["generate", "a red ball", "--steps", "2", "--device", "cpu", "--seed", "7"];

test("generate writes a picture and prints only its path on the output", async () => {
  const folder = temporaryFolder();
  const { code, out } = await darkroom([...quick, "--out", folder]);
  expect({ code, out }).toEqual({ code: 0, out: `${join(folder, "a-red-ball-7.png")}\n` });
  expect(readFileSync(out.trim()).subarray(1, 4).toString()).toBe("PNG");
});

test("with --json every step and picture is a line", async () => {
  const file = join(temporaryFolder(), "ball.png");
  const { code, out } = await darkroom([...quick, "--count", "2", "--out", file, "--json"]);
  const told = lines(out);
  expect(code).toBe(0);
  expect(told.map(({ type }) => type)).toEqual([
    "progress",
    "progress",
    "image",
    "progress",
    "progress",
    "image",
  ]);
  expect(Object.keys(told[0]!)).toEqual(["type", "image", "step", "steps", "secondsPerStep"]);
  expect(told[5]).toEqual({
    type: "image",
    path: file.replace(".png", "-2.png"),
    seed: "8",
    width: 128,
    height: 128,
    device: "cpu",
    precision: "float32",
    model: "starter",
    scheduler: "ddim",
    steps: 2,
    guidance: 3,
    seconds: {
      load: expect.any(Number),
      text: expect.any(Number),
      denoise: expect.any(Number),
      decode: expect.any(Number),
    },
  });
});

test("an existing file is kept without --force, before any work", async () => {
  const file = join(temporaryFolder(), "kept.png");
  writeFileSync(file, "mine");
  const { code, out } = await darkroom([...quick, "--out", file, "--json"]);
  expect([code, lines(out)[0]!["code"], readFileSync(file, "utf8")]).toEqual([
    1,
    "OUTPUT_EXISTS",
    "mine",
  ]);
  expect((await darkroom([...quick, "--out", file, "--force"])).code).toBe(0);
});

test("a picture starts from another one", async () => {
  const folder = temporaryFolder();
  const first = (await darkroom([...quick, "--out", folder])).out.trim();
  const { code, out } = await darkroom([
    ...quick,
    "--out",
    folder,
    "--init-image",
    first,
    "--strength",
    "0.5",
    "--seed",
    "18446744073709551615",
    "--json",
  ]);
  expect([code, lines(out).at(-1)!["seed"]]).toEqual([0, "18446744073709551615"]);
});

test("Ctrl+C ends it with 130 and leaves no picture", async () => {
  const folder = temporaryFolder();
  // Only once: a second interrupt would end it immediately.
  let isInterrupted = false;
  const interrupt = (line: string, pid: number): void => {
    if (isInterrupted || !line.includes('"progress"')) return;
    isInterrupted = true;
    process.kill(pid, "SIGINT");
  };
  const { code, out } = await darkroom(
    ["generate", "a star", "--steps", "1000", "--out", folder, "--json"],
    { onOutput: interrupt },
  );
  expect([code, out.includes('"image","path"')]).toEqual([130, false]);
});

test.each([
  [[], 2, ""],
  [["draw"], 2, ""],
  [["generate"], 2, ""],
  [["generate", "x", "--steps", "abc"], 2, ""],
  [["generate", "x", "--size", "768"], 2, ""],
  [["generate", "x", "--scheduler", "dpm++3m"], 2, ""],
  [["generate", "x", "--json", "--size", "100x100"], 2, "REQUEST_INVALID"],
  [["generate", "x", "--json", "--steps", "abc"], 2, "REQUEST_INVALID"],
  [["generate", "x", "--json", "--draw"], 2, "REQUEST_INVALID"],
  [["generate", " ", "--json"], 2, "REQUEST_INVALID"],
  [["generate", "x", "--json", "--seed", "18446744073709551616"], 2, "REQUEST_INVALID"],
  [["generate", "x", "--json", "--model", "no/such/folder"], 1, "SNAPSHOT_NOT_FOUND"],
  [["generate", "x", "--json", "--model", "engine"], 1, "SNAPSHOT_INCOMPLETE"],
  [["generate", "x", "--json", "--init-image", "package.json"], 1, "IMAGE_UNREADABLE"],
  [["generate", "x", "--json", "--init-image", "no.png"], 1, "IMAGE_UNREADABLE"],
  [["generate", "x", "--json", "--steps", "1", "--out", "no/such/folder"], 1, "OUTPUT_UNWRITABLE"],
  [["--help"], 0, ""],
])("%j exits with %i %s", async (args, code, error) => {
  const outcome = await darkroom(args.includes("--json") ? [...args, "--device", "cpu"] : args);
  expect(outcome.code).toBe(code);
  if (error === "") return;
  const last = lines(outcome.out).at(-1)!;
  expect(last).toEqual({ type: "error", code: error, message: expect.stringMatching(/\.$/) });
});

test("wrong usage is a line of JSON with --json, help is not", async () => {
  const told = [
    [["draw", "--json"], "Unknown command 'draw'."],
    [["queue", "lst", "--json"], "Unknown command 'lst'\n(Did you mean list?)"],
    [
      ["generate", "a star", "--json", "--sampler", "ddim"],
      "Unknown option '--sampler'\n(Did you mean --scheduler?)",
    ],
    [["models", "--json", "verify"], "Missing required argument 'id'."],
  ] as const;
  for (const [args, message] of told) {
    const { code, out } = await darkroom([...args]);
    expect([code, lines(out)]).toEqual([2, [{ type: "error", code: "REQUEST_INVALID", message }]]);
  }
  const { code, out } = await darkroom(["models", "--json", "--help"]);
  expect([code, out.startsWith("Usage:")]).toEqual([0, true]);
});

test("devices and models say what there is", async () => {
  const devices = lines((await darkroom(["devices", "--json"])).out);
  expect(devices.find(({ provider }) => provider === "cpu")).toMatchObject({
    type: "device",
    available: true,
  });
  expect(
    devices.every((device) => device["available"] === true || typeof device["reason"] === "string"),
  ).toBe(true);
  const models = lines(
    (await darkroom(["models", "--json", "test/golden/tiny-sd1-eps/snapshot"])).out,
  );
  expect(models.map(({ name, predictionType }) => [name, predictionType])).toEqual([
    ["starter", "v_prediction"],
    ["tiny-sd1-eps", "epsilon"],
  ]);
});
