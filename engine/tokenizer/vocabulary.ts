import type { AddedToken } from "./added-tokens.ts";
import type { Merges } from "./byte-pairs.ts";
import type { DeclaredToken } from "./declared-token.ts";
import { readDeclaredTokens } from "./declared-tokens.ts";
import type { JsonObject } from "../snapshot/json.ts";
import { type VocabularyFiles, objectOf, quote, refuse } from "./vocabulary-files.ts";
import { readModel } from "./vocabulary-model.ts";

/** Everything needed to turn text into ids. */
export interface Vocabulary {
  /** Maximum number of ids in a text, markers included; Infinity if there is no limit. */
  readonly maxLength: number;
  readonly start: number;
  readonly end: number;
  readonly padding: number;
  readonly symbols: ByteSymbols;
  readonly merges: Merges;
  readonly addedTokens: readonly AddedToken[];
}

/** The id of each byte within a word, and at the end of a word. */
export interface ByteSymbols {
  readonly inner: Int32Array;
  readonly last: Int32Array;
}

/**
 * Reads a tokenizer folder's files: tokenizer.json, or vocab.json and merges.txt, and the files that declare further
 * tokens. Throws TOKENIZER_INVALID for a damaged file, SNAPSHOT_INCOMPLETE if the vocabulary is missing.
 */
export function readVocabulary(files: VocabularyFiles): Vocabulary {
  const tokenizer = objectOf(files, "tokenizer.json");
  const config = objectOf(files, "tokenizer_config.json") ?? {};
  const model = readModel(files, tokenizer);
  const declared = readDeclaredTokens({
    config,
    specialTokens: objectOf(files, "special_tokens_map.json") ?? {},
    addedTokens: objectOf(files, "added_tokens.json") ?? {},
    tokenizer: tokenizer ?? {},
  });
  const addedTokens = numberTokens(declared.all, model.ids);
  const ids = new Map(model.ids);
  for (const { content, id } of addedTokens) ids.set(content, id);

  const known = new Set(declared.added.map(({ content }) => content));
  const idOf = (role: string, content: string): number => {
    const id = model.ids.has(content) || known.has(content) ? ids.get(content) : undefined;
    return id ?? refuse(model.file, `it lacks the ${role} token ${quote(content)}`);
  };
  return {
    maxLength: maxLength(config),
    start: idOf("start", declared.start),
    end: idOf("end", declared.end),
    padding: idOf("padding", declared.padding),
    symbols: byteSymbols(model.ids, idOf("unknown", declared.unknown)),
    merges: model.merges,
    addedTokens,
  };
}

/** The two markers and one word. */
const MIN_LENGTH = 3;

/** Infinity if the config gives none, or 1e30 as transformers writes it: the text encoder's limit applies then. */
function maxLength(config: JsonObject): number {
  const length = config["model_max_length"] ?? Infinity;
  const isWhole = typeof length === "number" && Math.floor(length) === length;
  if (isWhole && length >= MIN_LENGTH) return length;
  const reason = `model_max_length is not a whole number from ${MIN_LENGTH} on`;
  return refuse("tokenizer_config.json", reason);
}

/** Numbers declared tokens by the vocabulary's ids, or the next free ones, as the reference does. */
function numberTokens(
  tokens: readonly DeclaredToken[],
  ids: ReadonlyMap<string, number>,
): AddedToken[] {
  let free = ids.size;
  return tokens.map((token) => {
    const id = ids.get(token.content) ?? free;
    free = Math.max(free, id + 1);
    return { ...token, id };
  });
}

/** Vocabularies spell bytes as printable characters: the byte's own character, or the next free one from U+0100 on. */
function byteSymbols(ids: ReadonlyMap<string, number>, unknown: number): ByteSymbols {
  let standIn = 0x100;
  const spelling = Array.from({ length: 256 }, (_, byte) =>
    /[!-~\u00a1-\u00ac\u00ae-\u00ff]/.test(String.fromCharCode(byte)) ? byte : standIn++,
  ).map((code) => String.fromCharCode(code));
  return {
    inner: Int32Array.from(spelling, (symbol) => ids.get(symbol) ?? unknown),
    last: Int32Array.from(spelling, (symbol) => ids.get(`${symbol}</w>`) ?? unknown),
  };
}
