import { describe, expect, test } from "vitest";
import type { GenerationRecord } from "../../../engine/contract/image-record.ts";
import {
  GENERATION_KEYS,
  generationTexts,
  recordedPng,
  readGeneration,
  readMark,
  readOwnRecord,
} from "../../../engine/image/generation-text.ts";
import { pixels } from "../../../engine/image/pixels.ts";
import { encodePng } from "../../../engine/image/png/png.ts";
import { readPngTexts } from "../../../engine/image/png/read-png-texts.ts";

const record: GenerationRecord = {
  prompt: "猫 \0 \ud800 on a mat",
  negativePrompt: "text",
  steps: 30,
  guidanceScale: 3,
  seed: "18446744073709551615",
  width: 128,
  height: 96,
  scheduler: "ddim",
  model: "starter",
  device: "cpu",
  strength: 0.8,
  createdAt: "2026-11-24T12:00:00.000Z",
  software: "Darkroom",
  version: "0.1.0",
};

test("a record is read back completely from its picture, even with NUL and an unpaired surrogate", () => {
  const png = recordedPng(encodePng(pixels(1, 1, new Uint8Array(3))), record);
  expect(readGeneration(readPngTexts(png, { only: GENERATION_KEYS }))).toStrictEqual(record);
});

test("writes our JSON with its format, and A1111's text", () => {
  const texts = generationTexts(record);
  expect([...texts.keys()]).toEqual([...GENERATION_KEYS]);
  expect(JSON.parse(texts.get("darkroom")!)).toEqual({ format: 1, ...record });
  expect(texts.get("parameters")).toContain("Steps: 30, Sampler: DDIM");
});

test("only the record's own fields are written into a picture", () => {
  const careless = { ...record, initImage: "/home/somebody/holiday.jpg", token: "hf_secret" };
  const written = [...generationTexts(careless).values()].join();
  expect(written).not.toMatch(/holiday|secret/);
});

const foreign = "a dog\nSteps: 20, Sampler: DDIM, Seed: 5";
const fromForeign = {
  prompt: "a dog",
  negativePrompt: "",
  steps: 20,
  scheduler: "ddim",
  seed: "5",
};

test("prefers our own text to A1111's", () => {
  const texts = new Map([...generationTexts(record), ["parameters", foreign] as const]);
  expect(readGeneration(texts)).toStrictEqual(record);
});

test.each([
  ["no JSON", "{"],
  ["another kind of JSON", "[1]"],
  ["null", "null"],
  ["a later format", JSON.stringify({ ...record, format: 2 })],
  ["no format", JSON.stringify(record)],
  ["a missing field", JSON.stringify({ ...record, format: 1, model: undefined })],
  ["a seed beyond 64 bits", JSON.stringify({ ...record, format: 1, seed: "18446744073709551616" })],
  ["a huge side", JSON.stringify({ ...record, format: 1, width: 1e9 })],
  ["an unknown scheduler", JSON.stringify({ ...record, format: 1, scheduler: "constructor" })],
])("falls back to A1111's text if ours is %s", (_, darkroom) => {
  const texts = new Map([["darkroom", darkroom]]);
  expect(readGeneration(texts)).toBeUndefined();
  expect(readGeneration(texts.set("parameters", foreign))).toStrictEqual(fromForeign);
});

test("drops fields that a later version added", () => {
  const darkroom = JSON.stringify({ ...record, format: 1, mood: "blue" });
  expect(readGeneration(new Map([["darkroom", darkroom]]))).toStrictEqual(record);
});

test("finds nothing where there is nothing", () => {
  expect(readGeneration(new Map())).toBeUndefined();
  expect(readGeneration(new Map([["Software", "GIMP"]]))).toBeUndefined();
});

describe("the gallery's mark", () => {
  const mark = {
    id: "0123456789abcdef0123",
    target: "local",
    seconds: { load: 1, text: 0.25, denoise: 3, decode: 0.5 },
  };

  test("is written with the record and read back; the record is the same without it", () => {
    const texts = generationTexts(record, mark);
    expect(readMark(texts)).toStrictEqual(mark);
    expect(readOwnRecord(texts)).toStrictEqual(record);
    expect(texts.get("parameters")).toBe(generationTexts(record).get("parameters"));
  });

  test("only the mark's own fields are written into a picture", () => {
    const careless = { ...mark, path: "/home/somebody/fish.png" };
    expect(generationTexts(record, careless).get("darkroom")).not.toContain("somebody");
  });

  test.each([
    ["no mark", undefined],
    ["an id that is none", { ...mark, id: "../../etc" }],
    ["no target", { id: mark.id }],
    ["seconds of words", { ...mark, seconds: { load: "long" } }],
  ])("%s is none", (_, gallery) => {
    const darkroom = JSON.stringify({ format: 1, ...record, gallery });
    expect(readMark(new Map([["darkroom", darkroom]]))).toBeUndefined();
    expect(readOwnRecord(new Map([["darkroom", darkroom]]))).toStrictEqual(record);
  });
});
