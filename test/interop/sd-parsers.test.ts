import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readForeignGeneration } from "../../engine/codecs/read-generation.ts";
import { darkroom } from "../fakes/command-line.ts";
import * as written from "../fakes/foreign-texts.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { JsonPeer } from "./json-peer.ts";

const peer = (): JsonPeer => JsonPeer.start("sd-parsers", "sd-parsers_files.py");

test("sd-parsers and Pillow read our pictures' settings", async () => {
  const out = join(temporaryFolder(), "fish.png");
  const flags = { negative: "blurry, text", steps: 3, seed: 7, size: "64x64", scheduler: "euler" };
  const args = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
  const { code, err } = await darkroom(["generate", "a red fish", ...args, "--out", out]);
  expect(code, err).toBe(0);
  expect(await peer().ask({ call: "read", file: out })).toMatchObject({
    generator: "AUTOMATIC1111",
    prompt: "a red fish",
    negativePrompt: "blurry, text",
    sampler: "Euler",
    parameters: { scheduler: "Uniform", seed: "7", steps: "3" },
    models: ["starter"],
    texts: ["darkroom", "parameters"],
  });
});

test.each(["a lighthouse, oil on canvas", "灯台, Äpfel 🐟", "灯台"])(
  "what Pillow and piexif write for %j is read",
  async (prompt) => {
    const python = peer();
    const text = written.A1111.replace("a lighthouse, oil on canvas", prompt);
    for (const name of ["a.png", "a.jpg", "a.webp"]) {
      const file = join(temporaryFolder(), name);
      await python.ask({ call: "write", file, text });
      const { writer, record } = await readForeignGeneration(readFileSync(file), name);
      expect({ writer, prompt: record.prompt, seed: record.seed }, name).toEqual({
        writer: "a1111",
        prompt,
        seed: "18446744073709551615",
      });
    }
  },
);
