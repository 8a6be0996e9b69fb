import { expect, test } from "vitest";
import {
  checkLoadRequest,
  readIndexRequest,
  repositoryIndex,
} from "../../../../engine/kserve/server/repository.ts";
import { sentenceOf, utf8 } from "../bodies.ts";

test.each([
  ["", false],
  ["{}", false],
  ['{"ready":null}', false],
  ['{"ready":false}', false],
  ['{"ready":true}\n', true],
])("an index requested with %j", (body, isReadyOnly) => {
  expect(readIndexRequest(utf8(body))).toEqual({ isReadyOnly });
});

test.each([
  ['{"ready":"yes"}', 'ready cannot be "yes": it must be true or false.'],
  ["[]", "The body cannot be an array: it must be an object."],
  ["[".repeat(250_000), "The body cannot be read: brackets are nested deeper than 16."],
])("refuses an index requested with %.20j", (body, sentence) => {
  expect(sentenceOf(() => readIndexRequest(utf8(body)))).toBe(sentence);
});

test.each(["", "{}", '{"parameters":{}}', '{"parameters":{"unload_dependents":true}}'])(
  "a model may be loaded with %j",
  (body) => {
    expect(sentenceOf(() => checkLoadRequest(utf8(body)))).toBeUndefined();
  },
);

test.each([
  [
    '{"parameters":{"config":"{}"}}',
    'parameters cannot be "config": models are loaded as the store has them.',
  ],
  [
    '{"parameters":{"file:1/../../model.py":"eA=="}}',
    'parameters cannot be "file:1/../../model.py": models are loaded as the store has them.',
  ],
])("refuses to load with %j", (body, sentence) => {
  expect(sentenceOf(() => checkLoadRequest(utf8(body)))).toBe(sentence);
});

test("the index lists all models, or the ready ones", () => {
  const ready = { name: "starter", version: "1.0", state: "READY", reason: "" } as const;
  const gone = { name: "other", state: "UNAVAILABLE", reason: "unloaded" } as const;
  expect(repositoryIndex([ready, gone], false)).toEqual([ready, gone]);
  expect(repositoryIndex([ready, gone], true)).toEqual([ready]);
});
