import { expect, test } from "vitest";
import { completeRecord } from "../../../engine/image/known-record.ts";

const told = {
  prompt: "a dog",
  steps: 20,
  guidanceScale: 7,
  seed: "5",
  scheduler: "ddim",
} as const;
const size = { width: 64, height: 96 };

test("settings that another studio's picture does not name are unknown", () => {
  expect(completeRecord({ record: told, writer: "a1111" }, size)).toEqual({
    ...told,
    ...size,
    negativePrompt: "",
    model: "unknown",
    device: "unknown",
    software: "a1111",
    version: "unknown",
  });
});

test.each(Object.keys(told))("another studio's picture without %s has no record", (name) => {
  const record = { ...told, [name]: undefined };
  expect(completeRecord({ record, writer: "a1111" }, size)).toBeUndefined();
});

test("ours has one without what its endpoint did not report", () => {
  const record = {
    prompt: "a dog",
    negativePrompt: "",
    model: "stable-diffusion",
    device: "edge",
    software: "Darkroom",
    version: "0.1.0",
  };
  expect(completeRecord({ record, writer: "darkroom" }, size)).toEqual({ ...record, ...size });
});
