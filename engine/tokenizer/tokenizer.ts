import { StudioError } from "../contract/errors.ts";
import { createCutter } from "./added-tokens.ts";
import { normalizeText } from "./normalization.ts";
import { CONTEXT_LENGTH, type Vocabulary } from "./vocabulary.ts";
import { type Token, encodeWords } from "./word-encoder.ts";

/** Longest text to encode, in UTF-16 units; bounds the memory a caller can make this take. */
export const MAX_TEXT_LENGTH = 100_000;

/** A text as the text encoder takes it. */
export interface TokenizedPrompt {
  /** CONTEXT_LENGTH ids: start, the text, end, padding. */
  readonly ids: Int32Array;
  /** Tokens the whole text has, the markers not counted. */
  readonly count: number;
  /** Where in the text the part begins that the ids no longer hold; absent when all is held. */
  readonly cutAt?: number;
}

/** CLIP's tokenizer: equal to transformers' CLIPTokenizer id for id. */
export interface Tokenizer {
  encode(text: string): TokenizedPrompt;
  /** The ids of the whole text between the markers, neither cut nor padded. */
  encodeAll(text: string): Int32Array;
}

/** A tokenizer for one vocabulary. Refuses texts beyond MAX_TEXT_LENGTH as REQUEST_INVALID. */
export function createTokenizer(vocabulary: Vocabulary): Tokenizer {
  const { start, end, padding } = vocabulary;
  const tokensOf = createReader(vocabulary);

  return {
    encode(text) {
      const tokens = tokensOf(text);
      const room = CONTEXT_LENGTH - 2;
      const ids = new Int32Array(CONTEXT_LENGTH).fill(padding);
      ids.set([start, ...tokens.slice(0, room).map(({ id }) => id), end]);
      const cut = tokens[room];
      return { ids, count: tokens.length, ...(cut && { cutAt: cut.at }) };
    },
    encodeAll(text) {
      return Int32Array.from([start, ...tokensOf(text).map(({ id }) => id), end]);
    },
  };
}

/** Reads tokens off a text in the reference's order: added tokens as written, in any case, words. */
function createReader(vocabulary: Vocabulary): (text: string) => Token[] {
  const { addedTokens } = vocabulary;
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

  return (text) => {
    if (text.length > MAX_TEXT_LENGTH) throw tooLong(text.length);
    return [...read(text.toWellFormed())];
  };
}

function tooLong(length: number): StudioError {
  return new StudioError("REQUEST_INVALID", {
    field: "prompt",
    value: `${length} characters long`,
    reason: `at most ${MAX_TEXT_LENGTH} are read`,
  });
}
