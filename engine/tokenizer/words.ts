import { JOINED, joinPairs } from "./byte-pairs.ts";
import type { Vocabulary } from "./vocabulary.ts";

/*
 * The reference tokenizer uses older Unicode tables than this runtime. The classes below list what it does not know, so
 * that ids are the same whatever version the runtime has. Both are the body of a regular expression's class (`v` flag).
 * Ranges may include characters that make no difference. Found by comparing every code point with tokenizers 0.23.
 */

/** Letters and digits since Unicode 17: the reference splits words by Unicode 16 (Oniguruma). */
const NEWER_LETTERS = String.raw`\u088f\u0c5c\u0cdc\ua7ce-\ua7cf\ua7d2\ua7d4\ua7f1\u{10940}-\u{10959}\u{10ec5}-\u{10ec7}\u{11db0}-\u{11de9}\u{16ea0}-\u{16ed3}\u{16ff2}-\u{16ff6}\u{187f8}-\u{187ff}\u{18d09}-\u{18df2}\u{1e6c0}-\u{1e6ff}\u{2b73a}-\u{2b73f}\u{2cea2}-\u{2cead}\u{323b0}-\u{33479}`;

/** Characters since Unicode 10 that reorder or compose: the reference normalizes by Unicode 9. */
const NEWER_MARKS = String.raw`\u07fd\u0897-\u08d3\u09fe\u0c3c\u0d3b-\u0d3c\u0eba\u1715\u1abf-\u1aeb\u1df6-\u1dfa\ua82c\u{105c9}-\u{105e4}\u{10d24}-\u{10f85}\u{11070}\u{1133b}\u{11382}-\u{113d0}\u{1145e}\u{11839}-\u{11a99}\u{11d42}-\u{1612f}\u{16d63}-\u{16ff1}\u{1e08f}-\u{1e6f5}`;

/** A normalized text, and the index in the source that each of its UTF-16 units comes from. */
export interface NormalizedText {
  readonly text: string;
  readonly origins: readonly number[];
}

/**
 * White space (captured), or a character with everything that can compose with it: combining marks, and the vowels and
 * finals of Hangul. Normalizing cluster by cluster normalizes the text.
 */
const CLUSTERS = new RegExp(
  String.raw`(\p{White_Space}+)|[${NEWER_MARKS}]|.[[\p{M}\u1161-\u1175\u11a8-\u11c2]--[${NEWER_MARKS}]]*`,
  "gsv",
);

/**
 * NFC, lower case, each run of white space as one space. A final sigma becomes an ordinary one, as in the reference,
 * because a cluster does not include the letter before it.
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

/** A range of text that no token crosses, with its index in the text. */
interface Word {
  readonly text: string;
  readonly at: number;
}

/**
 * A word as CLIP defines it: an English contraction, letters, one digit, or a run of anything else but space. The two
 * markers split into three words each unless they are added tokens.
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

/** The words of a normalized text in order, without white space. */
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

/** An id, and the index of the character that its first byte belongs to. */
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

/** For each byte of the UTF-8 text, the UTF-16 index of its character. */
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
