import { StudioError } from "../contract/errors.ts";
import { createCutter } from "./added-tokens.ts";
import { findVectors, writeOut } from "./vectors.ts";
import { quote, refuse } from "./vocabulary-files.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { type Token, encodeWords, normalizeText } from "./words.ts";

/** Longest text to encode, in UTF-16 units. Limits the memory that a caller can cause to be used. */
export const MAX_TEXT_LENGTH = 100_000;

/** The text encoder's limits. */
export interface TextEncoderLimits {
  /** Maximum number of ids in a text. */
  readonly positions: number;
  /** Rows in its token embedding: larger ids do not exist. */
  readonly rows: number;
}

/** A prompt as the text encoder takes it. */
export interface TokenizedPrompt {
  /** Exactly the tokenizer's length: start marker, text, end marker, padding. */
  readonly ids: Int32Array;
  /** Number of ids before the padding. */
  readonly length: number;
  /** Number of tokens in the whole text, without markers. */
  readonly count: number;
  /** Index in the text where the ids end early; absent when the whole text fits. */
  readonly cutAt?: number;
  /** The first token whose id has no row in the text encoder; absent when all have one. */
  readonly stranger?: { readonly token: string; readonly id: number };
}

/** CLIP's tokenizer: gives the same ids as transformers' CLIPTokenizer with diffusers' textual inversions. */
export interface Tokenizer {
  /** Number of ids for every text, markers included. */
  readonly length: number;
  encode(text: string): TokenizedPrompt;
  /** The ids of the whole text without markers, neither truncated nor padded. */
  encodeAll(text: string): Int32Array;
}

/**
 * Creates the tokenizer for a vocabulary and a text encoder. Throws TOKENIZER_INVALID if the encoder has no row for a
 * marker and could encode no text. The tokenizer refuses texts longer than MAX_TEXT_LENGTH as REQUEST_INVALID.
 */
export function createTokenizer(vocabulary: Vocabulary, limits: TextEncoderLimits): Tokenizer {
  const { start, end, padding } = vocabulary;
  for (const [role, id] of Object.entries({ start, end, padding })) {
    if (id < limits.rows) continue;
    const reason = `the ${role} token has the id ${id}, but the text encoder has ${limits.rows} rows`;
    refuse("tokenizer_config.json", reason);
  }
  const length = Math.min(vocabulary.maxLength, limits.positions);
  const room = length - 2;
  const tokensOf = createReader(vocabulary);

  return {
    length,
    encode(text) {
      const tokens = tokensOf(text);
      const read = tokens.slice(0, room);
      const ids = new Int32Array(length).fill(padding);
      ids.set([start, ...read.map(({ id }) => id), end]);
      const cut = tokens[room];
      const strange = read.findIndex(({ id }) => id >= limits.rows);
      return {
        ids,
        length: read.length + 2,
        count: tokens.length,
        ...(cut && { cutAt: cut.at }),
        ...(strange >= 0 && { stranger: strangerAt(text, tokens, strange) }),
      };
    },
    encodeAll(text) {
      return Int32Array.from([start, ...tokensOf(text).map(({ id }) => id), end]);
    },
  };
}

/** Splits a text into tokens in the reference's order: added tokens as written, added tokens in any case, words. */
function createReader(vocabulary: Vocabulary): (text: string) => Token[] {
  const { addedTokens } = vocabulary;
  const vectors = findVectors(addedTokens);
  const cutWritten = createCutter(
    addedTokens.filter(({ normalized }) => !normalized),
    (content) => content,
  );
  const cutNormalized = createCutter(
    addedTokens.filter(({ normalized }) => normalized),
    (content) => normalizeText(content).text,
  );

  function* readNormalized(source: string): Generator<Token> {
    const { text, origins } = normalizeText(source);
    for (const { from, to, id } of cutNormalized(text)) {
      const tokens =
        id === undefined ? encodeWords(text.slice(from, to), vocabulary) : [{ id, at: 0 }];
      for (const { id, at } of tokens) yield { id, at: origins[from + at] ?? 0 };
    }
  }

  function* read(text: string): Generator<Token> {
    for (const { from, to, id } of cutWritten(text)) {
      const tokens = id === undefined ? readNormalized(text.slice(from, to)) : [{ id, at: 0 }];
      for (const { id, at } of tokens) yield { id, at: from + at };
    }
  }

  return (source) => {
    if (source.length > MAX_TEXT_LENGTH) throw tooLong(`${source.length} characters long`);
    const text = source.toWellFormed();
    const tokens = [...read(text)];
    const found = [...new Set(tokens.map(({ id }) => id))].flatMap((id) => vectors.get(id) ?? []);
    if (found.length === 0) return tokens;
    const written = writeOut(text, found, MAX_TEXT_LENGTH);
    if (written === undefined) throw tooLong("longer with its textual inversions written out");
    const { origins } = written;
    return [...read(written.text)].map(({ id, at }) => ({ id, at: origins[at] ?? 0 }));
  };
}

/** The token at an index, spelled as in the text or, for one vector of several, by its own name. */
function strangerAt(text: string, tokens: readonly Token[], index: number) {
  const { id = 0, at = 0 } = tokens[index] ?? {};
  const next = tokens.slice(index).find((token) => token.at > at);
  return { token: quote(text.slice(at, next?.at).trim()), id };
}

function tooLong(value: string): StudioError {
  return new StudioError("REQUEST_INVALID", {
    field: "prompt",
    value,
    reason: `at most ${MAX_TEXT_LENGTH} are read`,
  });
}
