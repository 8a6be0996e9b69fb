import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkLabel, manifestBytes } from "../../../engine/archive/packing.ts";
import { SCHEDULER_NAMES } from "../../../engine/contract/schedulers.ts";
import { refusal } from "../../fakes/refusal.ts";

const LABEL = {
  name: "stable-diffusion",
  version: "1.0",
  handler: "stable_diffusion_handler.py",
  requirements: "requirements.txt",
};

test("the manifest equals the archiver's except for its time", () => {
  expect(new TextDecoder().decode(manifestBytes(LABEL))).toBe(`{
  "createdOn": "01/01/1980 00:00:00",
  "runtime": "python",
  "model": {
    "modelName": "stable-diffusion",
    "handler": "stable_diffusion_handler.py",
    "modelVersion": "1.0",
    "requirementsFile": "requirements.txt"
  },
  "archiverVersion": "0.12.0"
}`);
});

test.each([
  ["a handler that is no Python file", { handler: "handler.txt" }, "REQUEST_INVALID"],
  ["the name of the zip inside", { requirements: "Model.zip" }, "REQUEST_INVALID"],
  ["the name of the model's index", { requirements: "model_index.json" }, "REQUEST_INVALID"],
  ["one name for both", { requirements: LABEL.handler }, "REQUEST_INVALID"],
  ["a name that not every system takes", { handler: "a:b.py" }, "ARCHIVE_UNSAFE"],
] as const)("%s is refused", (_, changes, code) => {
  const check = (): void => checkLabel({ ...LABEL, ...changes }, ["model_index.json"]);
  expect(check).toThrow(refusal(code));
});

test("the handler knows every scheduler by our name", () => {
  const text = readFileSync("assets/torchserve/stable_diffusion_handler.py", "utf8");
  const names = [...text.matchAll(/^ {4}"([^"]+)": \("\w+", /gm)].map(([, name]) => name);
  expect(new Set(names)).toEqual(new Set(SCHEDULER_NAMES));
});
