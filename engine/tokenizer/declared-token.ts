import { isObject } from "../snapshot/json.ts";
import { type VocabularyFile, MAX_TOKEN_LENGTH, refuse } from "./vocabulary-files.ts";

/** Maximum number of tokens that one list may declare. */
const MAX_DECLARED_TOKENS = 1000;

/** A token that can occur in the text itself. */
export interface DeclaredToken {
  readonly content: string;
  readonly normalized: boolean;
  readonly singleWord: boolean;
}

/** The place of a value in a file, for error messages. */
export interface Place {
  readonly file: VocabularyFile;
  readonly field: string;
}

/** A token from its text alone or from an object; searched for as written unless it says otherwise. */
export function readToken(value: unknown, place: Place): DeclaredToken {
  const fields = isObject(value) ? value : { content: value };
  const { content, normalized = false, single_word = false } = fields;
  if (
    typeof content !== "string" ||
    typeof normalized !== "boolean" ||
    typeof single_word !== "boolean"
  ) {
    return refuse(place.file, `${place.field} is not a token`);
  }
  if (content.length > MAX_TOKEN_LENGTH) {
    refuse(place.file, `${place.field} is longer than ${MAX_TOKEN_LENGTH} characters`);
  }
  return { content, normalized, singleWord: single_word };
}

/** A token of a list that also contains ordinary tokens: those are searched for in the normalized text. */
export function readListedToken(value: unknown, place: Place): DeclaredToken {
  return readToken(
    isObject(value) ? { normalized: value["special"] !== true, ...value } : value,
    place,
  );
}

/** A list of tokens, checked for length. */
export function readList(value: unknown, { file, field }: Place): readonly unknown[] {
  if (!Array.isArray(value)) return refuse(file, `${field} is not a list`);
  if (value.length > MAX_DECLARED_TOKENS) {
    refuse(file, `${field} has ${value.length} tokens, more than ${MAX_DECLARED_TOKENS}`);
  }
  return value;
}

/** The entries of an object that is used as a list of tokens, checked for number. */
export function readEntries(value: unknown, { file, field }: Place): readonly [string, unknown][] {
  if (!isObject(value)) return refuse(file, `${field} is not an object`);
  const entries = Object.entries(value);
  readList(entries, { file, field });
  return entries;
}
