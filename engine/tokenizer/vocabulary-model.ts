import { StudioError } from "../contract/errors.ts";
import { type Merges, pairKey } from "./byte-pairs.ts";
import { isObject, type JsonObject } from "../snapshot/json.ts";
import {
  type VocabularyFile,
  type VocabularyFiles,
  MAX_TOKEN_LENGTH,
  MAX_TOKENS,
  objectOf,
  quote,
  readId,
  refuse,
  textOf,
} from "./vocabulary-files.ts";

/** CLIP has 48,894. */
const MAX_MERGES = 1_000_000;

/** The trained part of a vocabulary. */
export interface VocabularyModel {
  /** The file that the ids come from. */
  readonly file: VocabularyFile;
  readonly ids: ReadonlyMap<string, number>;
  readonly merges: Merges;
}

type Pair = readonly [string, string];

/** The model in tokenizer.json if there is one, otherwise the one in vocab.json and merges.txt. */
export function readModel(
  files: VocabularyFiles,
  tokenizer: JsonObject | undefined,
): VocabularyModel {
  return tokenizer === undefined ? fromTwoFiles(files) : fromTokenizer(tokenizer);
}

function fromTwoFiles(files: VocabularyFiles): VocabularyModel {
  const vocab = objectOf(files, "vocab.json") ?? lacking("vocab.json");
  const merges = textOf(files, "merges.txt") ?? lacking("merges.txt");
  const ids = readIds("vocab.json", vocab);
  return { file: "vocab.json", ids, merges: readMerges("merges.txt", pairsOfLines(merges), ids) };
}

function fromTokenizer({ model }: JsonObject): VocabularyModel {
  const file = "tokenizer.json";
  if (!isObject(model)) refuse(file, "model is not an object");
  const { type = "BPE", vocab, merges } = model;
  if (type !== "BPE") refuse(file, "model.type is not BPE");
  if (!isObject(vocab)) refuse(file, "model.vocab is not an object");
  if (!Array.isArray(merges)) refuse(file, "model.merges is not a list");
  const ids = readIds(file, vocab);
  return { file, ids, merges: readMerges(file, merges.values().map(toPair), ids) };
}

function lacking(file: VocabularyFile): never {
  throw new StudioError("SNAPSHOT_INCOMPLETE", { file: `tokenizer/${file}` });
}

function readIds(file: VocabularyFile, vocab: JsonObject): Map<string, number> {
  const entries = Object.entries(vocab);
  if (entries.length > MAX_TOKENS) {
    refuse(file, `it has ${entries.length} tokens, more than ${MAX_TOKENS}`);
  }
  const owners = new Map<number, string>();
  const ids = new Map<string, number>();
  for (const [token, value] of entries) {
    if (token.length > MAX_TOKEN_LENGTH) {
      refuse(file, `the token ${quote(token)} is longer than ${MAX_TOKEN_LENGTH} characters`);
    }
    const id = readId(value, token, file);
    const owner = owners.get(id);
    if (owner !== undefined) refuse(file, `${quote(owner)} and ${quote(token)} share the id ${id}`);
    owners.set(id, token);
    ids.set(token, id);
  }
  return ids;
}

/** The pairs of merges.txt, one per line; lines that start with "#version" are skipped. */
function* pairsOfLines(text: string): Generator<Pair | undefined> {
  for (const [line] of text.matchAll(/[^\r\n]+/g)) {
    if (!line.startsWith("#version")) yield toPair(line);
  }
}

function toPair(merge: unknown): Pair | undefined {
  const parts: unknown = typeof merge === "string" ? merge.split(" ", 3) : merge;
  if (!Array.isArray(parts) || parts.length !== 2) return undefined;
  const [left, right]: unknown[] = parts;
  return typeof left === "string" && typeof right === "string" ? [left, right] : undefined;
}

function readMerges(
  file: VocabularyFile,
  pairs: Iterable<Pair | undefined>,
  ids: ReadonlyMap<string, number>,
): Merges {
  const ranks = new Map<number, number>();
  const results: number[] = [];
  for (const pair of pairs) {
    const rank = results.length;
    if (rank === MAX_MERGES) refuse(file, `it has more than ${MAX_MERGES} merges`);
    if (pair === undefined) refuse(file, `merge ${rank + 1} is not a pair of tokens`);
    const idOf = (token: string): number =>
      ids.get(token) ??
      refuse(file, `merge ${rank + 1} needs ${quote(token)}, which is not in the vocabulary`);
    const [left, right] = pair;
    ranks.set(pairKey(idOf(left), idOf(right)), rank);
    results.push(idOf(left + right));
  }
  return { ranks, results: Int32Array.from(results) };
}
