import { expect, test } from "vitest";
import { asSentence } from "../../../engine/contract/sentence.ts";

test("a note becomes a sentence, and a file's name stays unchanged", () => {
  const remarks = [
    "sending",
    "reading back",
    "left out because the name is not allowed: 3",
    "ready: sd answers at http://127.0.0.1:8080",
    "handler.py: contains code, never run here",
    "model_index.json: unknown",
    "CUDA is ready.",
    "http://127.0.0.1:8080, model sd",
  ];
  expect(remarks.map(asSentence)).toEqual([
    "Sending",
    "Reading back",
    "Left out because the name is not allowed: 3",
    "Ready: sd answers at http://127.0.0.1:8080",
    "handler.py: contains code, never run here",
    "model_index.json: unknown",
    "CUDA is ready.",
    "http://127.0.0.1:8080, model sd",
  ]);
});
