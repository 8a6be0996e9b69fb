import { StudioError } from "../contract/errors.ts";
import { isObject, notJson, parsePythonJson, type JsonObject } from "../snapshot/json.ts";

/** The texts of a tokenizer folder by file name. */
export type VocabularyFiles = ReadonlyMap<string, string>;

/** The files that `readVocabulary` looks for; a folder need not have all of them. */
export const VOCABULARY_FILES = [
  "tokenizer.json",
  "vocab.json",
  "merges.txt",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
] as const;
export type VocabularyFile = (typeof VOCABULARY_FILES)[number];

/** In UTF-16 units; CLIP's longest file has two million. */
export const MAX_FILE_LENGTH = 2 ** 25;

/** CLIP has 49,408 tokens of up to 32 characters. */
export const MAX_TOKENS = 1_000_000;
export const MAX_TOKEN_LENGTH = 1024;

/** The text of a file, checked for length; undefined if the folder lacks it. */
export function textOf(files: VocabularyFiles, file: VocabularyFile): string | undefined {
  const text = files.get(file);
  if (text !== undefined && text.length > MAX_FILE_LENGTH) {
    refuse(file, `it has ${text.length} characters, more than ${MAX_FILE_LENGTH}`);
  }
  return text;
}

/** The JSON object in a file; undefined if the folder lacks the file. */
export function objectOf(files: VocabularyFiles, file: VocabularyFile): JsonObject | undefined {
  const text = textOf(files, file);
  if (text === undefined) return undefined;
  const value = parse(file, text);
  return isObject(value) ? value : refuse(file, "it is not a JSON object");
}

function parse(file: VocabularyFile, text: string): unknown {
  try {
    return parsePythonJson(text);
  } catch {
    return refuse(file, notJson(text));
  }
}

/** Refuses a damaged file of the tokenizer. */
export function refuse(file: VocabularyFile, reason: string): never {
  throw new StudioError("TOKENIZER_INVALID", { file, reason });
}

/** Reads the id of a token. */
export function readId(value: unknown, token: string, file: VocabularyFile): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value < MAX_TOKENS) {
    return value;
  }
  return refuse(file, `the id of ${quote(token)} is not a whole number below ${MAX_TOKENS}`);
}

/** A token for a message: quoted, escaped and shortened. */
export function quote(token: string): string {
  return JSON.stringify(token.length > 40 ? `${token.slice(0, 40)}…` : token);
}
