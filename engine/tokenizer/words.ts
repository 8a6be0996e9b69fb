import { JOINED, joinPairs } from "./byte-pairs.ts";
import { NEWER_LETTERS, NEWER_MARKS } from "./unicode.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A text as the vocabulary sees it, and where in the source each of its UTF-16 units comes from. */
export interface NormalizedText {
  readonly text: string;
  readonly origins: readonly number[];
}

/**
 * White space (captured), or a character with all that could compose with it: combining marks, and
 * the vowels and finals of Hangul. Normalizing these clusters one by one normalizes the text.
 */
const CLUSTERS = new RegExp(
  String.raw`(\p{White_Space}+)|[${NEWER_MARKS}]|.[[\p{M}\u1161-\u1175\u11a8-\u11c2]--[${NEWER_MARKS}]]*`,
  "gsv",
);

/**
 * NFC, runs of white space as one space, lower case. A final sigma becomes an ordinary one, as in
 * the reference, because no cluster shows the letter before it.
 */
export function normalizeText(source: string): NormalizedText {
  const parts: string[] = [];
  const origins: number[] = [];
  for (const { 0: cluster, 1: space, index } of source.matchAll(CLUSTERS)) {
    const part = space === undefined ? cluster.normalize("NFC").toLowerCase() : " ";
    parts.push(part);
    for (let unit = 0; unit < part.length; unit++) origins.push(index);
  }
  return { text: parts.join(""), origins };
}

/** A stretch of text that no token crosses, and its index in the text. */
interface Word {
  readonly text: string;
  readonly at: number;
}

/**
 * What CLIP calls a word: an English contraction, letters, one digit, or anything else but space.
 * The two markers come apart in three when they are not tokens of their own.
 */
const WORDS = new RegExp(
  [
    String.raw`(<\|)(startoftext|endoftext)(\|>)`,
    "'s|'t|'re|'ve|'m|'ll|'d",
    String.raw`[\p{L}--[${NEWER_LETTERS}]]+`,
    String.raw`[\p{N}--[${NEWER_LETTERS}]]`,
    String.raw`[[^\p{White_Space}\p{L}\p{N}][${NEWER_LETTERS}]]+`,
  ].join("|"),
  "gv",
);

/** The words of a normalized text, in order; white space belongs to none. */
export function splitWords(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(WORDS)) {
    let at = match.index;
    const [whole, ...marker] = match;
    for (const part of marker[0] === undefined ? [whole] : marker) {
      words.push({ text: part, at });
      at += part.length;
    }
  }
  return words;
}

/** An id, and the index of the character its first byte belongs to. */
export interface Token {
  readonly id: number;
  readonly at: number;
}

/** The tokens of a normalized text, word by word. */
export function* encodeWords(text: string, vocabulary: Vocabulary): Generator<Token> {
  for (const word of splitWords(text)) {
    for (const { id, at } of encodeWord(word.text, vocabulary)) yield { id, at: word.at + at };
  }
}

function encodeWord(word: string, { symbols, merges }: Vocabulary): Token[] {
  const bytes = new TextEncoder().encode(word);
  const ids = Int32Array.from(bytes, (byte) => symbols.inner[byte] ?? JOINED);
  ids[ids.length - 1] = symbols.last[bytes.at(-1) ?? 0] ?? JOINED;
  joinPairs(ids, merges);
  const starts = characterStarts(bytes);
  const tokens: Token[] = [];
  for (const [byte, id] of ids.entries()) {
    if (id !== JOINED) tokens.push({ id, at: starts[byte] ?? 0 });
  }
  return tokens;
}

/** For every byte of UTF-8 the UTF-16 index of its character. */
function characterStarts(bytes: Uint8Array): Int32Array {
  let at = 0;
  let next = 0;
  return Int32Array.from(bytes, (byte) => {
    const continues = (byte & 0xc0) === 0x80;
    if (!continues) {
      at = next;
      next += byte >= 0xf0 ? 2 : 1; // four bytes are a surrogate pair
    }
    return at;
  });
}
