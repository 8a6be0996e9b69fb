import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import { createTokenizer } from "../../../engine/tokenizer/tokenizer.ts";
import { readVocabulary } from "../../../engine/tokenizer/vocabulary.ts";
import { MAX_FILE_LENGTH } from "../../../engine/tokenizer/vocabulary-files.ts";
import { CLIP, readFolder } from "./tokenizer-folder.ts";

const TINY = readFolder("test/golden/tiny-sd2-v/snapshot/tokenizer");
const TINY_JSON = readFolder("test/golden/tiny-sd21-v/snapshot/tokenizer");

interface Folder {
  readonly name: string;
  readonly json: boolean;
  readonly files: Readonly<Record<string, unknown>>;
  readonly cases: readonly (readonly [text: string, padded: readonly number[]])[];
}

const FOLDERS: readonly Folder[] = JSON.parse(
  readFileSync("test/golden/tokenizer/folders.json", "utf8"),
);

test.each(FOLDERS)("gives transformers' ids with $name", ({ json, files, cases }) => {
  const names = json ? ["tokenizer.json", "tokenizer_config.json"] : ["vocab.json", "merges.txt"];
  const source = json ? TINY_JSON : TINY;
  const texts = new Map(names.map((name) => [name, source.get(name) ?? ""]));
  for (const [name, value] of Object.entries(files)) {
    if (value === null) texts.delete(name);
    else texts.set(name, JSON.stringify(value));
  }
  const tokenizer = createTokenizer(readVocabulary(texts), CLIP);
  expect(cases.map(([text]) => [text, [...tokenizer.encode(text).ids]])).toEqual(cases);
});

test("pads Stable Diffusion 2 with ! and Stable Diffusion 1 with the end marker", () => {
  const hub = readFolder("test/golden/tiny-sd2-hub/snapshot/tokenizer");
  const withoutMap = new Map(hub);
  withoutMap.delete("special_tokens_map.json");
  expect([readVocabulary(hub).padding, readVocabulary(withoutMap).padding]).toEqual([0, 769]);
});

test("reads merges written as texts like those written as pairs", () => {
  const file: { model: { merges: string[][] } } = JSON.parse(TINY_JSON.get("tokenizer.json") ?? "");
  const merges = file.model.merges.map((pair) => pair.join(" "));
  const asTexts = new Map(TINY_JSON).set(
    "tokenizer.json",
    JSON.stringify({ ...file, model: { ...file.model, merges } }),
  );
  expect(readVocabulary(asTexts)).toEqual(readVocabulary(TINY_JSON));
});

test("reads merges with any line ends", () => {
  const lines = TINY.get("merges.txt") ?? "";
  const windows = new Map(TINY).set("merges.txt", lines.replaceAll("\n", "\r\n"));
  expect(readVocabulary(windows)).toEqual(readVocabulary(TINY));
});

const SMALL = {
  "vocab.json": { a: 0, "b</w>": 1, "ab</w>": 2, "<|startoftext|>": 3, "<|endoftext|>": 4 },
  "merges.txt": "#version: 0.2\na b</w>\n",
} as const;

test("what the vocabulary cannot spell becomes the unknown token", () => {
  const tokenizer = createTokenizer(readVocabulary(folder({})), CLIP);
  expect([...tokenizer.encodeAll("ab xb é")]).toEqual([3, 2, 4, 1, 4, 4, 4]);
});

test.each([
  [{}, 77, 77],
  [{ model_max_length: 1e30 }, 77, 77],
  [{ model_max_length: 77 }, 248, 77],
  [{ model_max_length: 248 }, 77, 77],
  [{ model_max_length: 20 }, 77, 20],
  [{ model_max_length: null }, 20, 20],
])("with %j and %i positions a text has %i ids", (fields, positions, length) => {
  const tokenizer = createTokenizer(readVocabulary(folder(config(fields))), { ...CLIP, positions });
  expect([tokenizer.length, tokenizer.encode("ab").ids.length]).toEqual([length, length]);
});

test("names a used token without a row in the text encoder", () => {
  const added = { "added_tokens.json": { "<extra>": 5, "<more>": 6 } };
  const tokenizer = createTokenizer(readVocabulary(folder(added)), { positions: 5, rows: 5 });
  const strangers = ["ab ab", "ab <more> <extra>", "ab ab ab <extra>"].map(
    (text) => tokenizer.encode(text).stranger,
  );
  expect(strangers).toEqual([undefined, { token: '"<more>"', id: 6 }, undefined]);
});

test("refuses a tokenizer whose markers have no row in the text encoder", () => {
  expect(() => createTokenizer(readVocabulary(folder({})), { ...CLIP, rows: 4 })).toThrow(
    "the end token has the id 4, but the text encoder has 4 rows",
  );
});

/** What replaces parts of SMALL, the file that is refused, and why. */
const DAMAGES: readonly (readonly [Readonly<Record<string, unknown>>, string, string])[] = [
  [{ "vocab.json": "{" }, "vocab.json", "it is not JSON"],
  [{ "vocab.json": [] }, "vocab.json", "it is not a JSON object"],
  [{ "vocab.json": "null" }, "vocab.json", "it is not a JSON object"],
  [vocab({ a: 1.5 }), "vocab.json", 'the id of "a" is not a whole number below 1000000'],
  [vocab({ a: -1 }), "vocab.json", 'the id of "a" is not a whole number below 1000000'],
  [vocab({ a: 1_000_000 }), "vocab.json", 'the id of "a" is not a whole number below 1000000'],
  [vocab({ a: "0" }), "vocab.json", 'the id of "a" is not a whole number below 1000000'],
  [vocab({ z: 2 }), "vocab.json", '"ab</w>" and "z" share the id 2'],
  [
    vocab({ ["z".repeat(1025)]: 9 }),
    "vocab.json",
    `the token "${"z".repeat(40)}…" is longer than 1024 characters`,
  ],
  [
    vocab({ "<|startoftext|>": undefined }),
    "vocab.json",
    'it lacks the start token "<|startoftext|>"',
  ],
  [vocab({ "<|endoftext|>": undefined }), "vocab.json", 'it lacks the end token "<|endoftext|>"'],
  [map({ pad_token: "[PAD]" }), "vocab.json", 'it lacks the padding token "[PAD]"'],
  [map({ unk_token: "[UNK]" }), "vocab.json", 'it lacks the unknown token "[UNK]"'],
  [map({ bos_token: "" }), "vocab.json", 'it lacks the start token ""'],
  [{ "merges.txt": "a b</w>\na\n" }, "merges.txt", "merge 2 is not a pair of tokens"],
  [{ "merges.txt": "a b </w>" }, "merges.txt", "merge 1 is not a pair of tokens"],
  [{ "merges.txt": "a c" }, "merges.txt", 'merge 1 needs "c", which is not in the vocabulary'],
  [{ "merges.txt": "a a" }, "merges.txt", 'merge 1 needs "aa", which is not in the vocabulary'],
  [map({ pad_token: 5 }), "special_tokens_map.json", "pad_token is not a token"],
  [map({ pad_token: {} }), "special_tokens_map.json", "pad_token is not a token"],
  [map({ pad_token: { content: 5 } }), "special_tokens_map.json", "pad_token is not a token"],
  [
    map({ pad_token: { content: "a", normalized: 1 } }),
    "special_tokens_map.json",
    "pad_token is not a token",
  ],
  [
    map({ pad_token: { content: "a", single_word: "no" } }),
    "special_tokens_map.json",
    "pad_token is not a token",
  ],
  [
    map({ pad_token: "a".repeat(1025) }),
    "special_tokens_map.json",
    "pad_token is longer than 1024 characters",
  ],
  [
    map({ additional_special_tokens: "a" }),
    "special_tokens_map.json",
    "extra_special_tokens is not a list",
  ],
  [
    config({ additional_special_tokens: Array.from({ length: 1001 }, () => "a") }),
    "tokenizer_config.json",
    "extra_special_tokens has 1001 tokens, more than 1000",
  ],
  [
    config({ model_max_length: 2 }),
    "tokenizer_config.json",
    "model_max_length is not a whole number from 3 on",
  ],
  [
    config({ model_max_length: 76.5 }),
    "tokenizer_config.json",
    "model_max_length is not a whole number from 3 on",
  ],
  [
    config({ model_max_length: "77" }),
    "tokenizer_config.json",
    "model_max_length is not a whole number from 3 on",
  ],
  [
    config({ added_tokens_decoder: [] }),
    "tokenizer_config.json",
    "added_tokens_decoder is not an object",
  ],
  [
    config({ added_tokens_decoder: { one: { content: "a" } } }),
    "tokenizer_config.json",
    'the id of "a" is not a whole number below 1000000',
  ],
  [
    config({ added_tokens_decoder: { "1": null } }),
    "tokenizer_config.json",
    "added_tokens_decoder is not a token",
  ],
  [
    { "added_tokens.json": { "<cat>": "9" } },
    "added_tokens.json",
    'the id of "<cat>" is not a whole number below 1000000',
  ],
  [{ "added_tokens.json": "[1]" }, "added_tokens.json", "it is not a JSON object"],
  [
    {
      "added_tokens.json": Object.fromEntries(
        Array.from({ length: 1001 }, (_, i) => [`<${i}>`, i]),
      ),
    },
    "added_tokens.json",
    "the file has 1001 tokens, more than 1000",
  ],
  [{ "tokenizer.json": {} }, "tokenizer.json", "model is not an object"],
  [model({ type: "Unigram" }), "tokenizer.json", "model.type is not BPE"],
  [model({ vocab: [["a", 0]] }), "tokenizer.json", "model.vocab is not an object"],
  [model({ merges: "a b" }), "tokenizer.json", "model.merges is not a list"],
  [model({ merges: [["a", "b</w>", "c"]] }), "tokenizer.json", "merge 1 is not a pair of tokens"],
  [model({ merges: [["a", 1]] }), "tokenizer.json", "merge 1 is not a pair of tokens"],
  [model({ merges: [null] }), "tokenizer.json", "merge 1 is not a pair of tokens"],
  [
    model({ merges: ["a b"] }),
    "tokenizer.json",
    'merge 1 needs "b", which is not in the vocabulary',
  ],
  [model({ vocab: {} }), "tokenizer.json", 'it lacks the start token "<|startoftext|>"'],
  [
    { "tokenizer.json": { ...model({})["tokenizer.json"], added_tokens: {} } },
    "tokenizer.json",
    "added_tokens is not a list",
  ],
  [
    { "tokenizer.json": { ...model({})["tokenizer.json"], added_tokens: [{ content: "<cat>" }] } },
    "tokenizer.json",
    'the id of "<cat>" is not a whole number below 1000000',
  ],
];

test.each(DAMAGES)("refuses %j", (files, file, reason) => {
  const refusal = new StudioError("TOKENIZER_INVALID", { file, reason });
  expect(() => readVocabulary(folder(files))).toThrow(refusal);
});

test.each(["vocab.json", "merges.txt"])("refuses a %s beyond its limit", (name) => {
  const files = folder({ [name]: " ".repeat(MAX_FILE_LENGTH + 1) });
  expect(() => readVocabulary(files)).toThrow("it has 33554433 characters, more than 33554432");
});

test.each(["vocab.json", "merges.txt"])("says that the model lacks %s", (name) => {
  const files = folder({});
  files.delete(name);
  expect(() => readVocabulary(files)).toThrow(
    new StudioError("SNAPSHOT_INCOMPLETE", { file: `tokenizer/${name}` }),
  );
});

const FIELDS = [
  "model",
  "vocab",
  "merges",
  "type",
  "added_tokens",
  "added_tokens_decoder",
  "extra_special_tokens",
  "pad_token",
  "content",
  "id",
  "model_max_length",
  "__proto__",
] as const;

test("reads or refuses any JSON", () => {
  const names = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"] as const;
  const fields = fc.constantFrom(...FIELDS);
  const values = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.jsonValue({ maxDepth: 1 }), tie("list"), tie("object")),
    list: fc.array(tie("value"), { maxLength: 3 }),
    object: fc.dictionary(fields, tie("value"), { maxKeys: 5 }),
  }));
  fc.assert(
    fc.property(fc.constantFrom(...names), values.object, (name, value) => {
      expect(outcome(folder({ [name]: value }))).toMatch(/^(read|TOKENIZER_INVALID)$/);
    }),
  );
});

function outcome(files: Map<string, string>): string {
  try {
    createTokenizer(readVocabulary(files), CLIP).encode("ab <|endoftext|>");
    return "read";
  } catch (error) {
    return error instanceof StudioError ? error.code : String(error);
  }
}

/** The files of SMALL with replacements; texts unchanged, anything else as JSON. */
function folder(files: Readonly<Record<string, unknown>>): Map<string, string> {
  const entries = Object.entries({ ...SMALL, ...files });
  return new Map(
    entries.map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

function vocab(tokens: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { "vocab.json": { ...SMALL["vocab.json"], ...tokens } };
}

function map(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { "special_tokens_map.json": fields };
}

function config(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { "tokenizer_config.json": fields };
}

function model(fields: Readonly<Record<string, unknown>>): { "tokenizer.json": object } {
  const sound = { type: "BPE", vocab: SMALL["vocab.json"], merges: [] };
  return { "tokenizer.json": { model: { ...sound, ...fields } } };
}
