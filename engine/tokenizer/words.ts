import { NEWER_LETTERS } from "./unicode.ts";

/** A stretch of text that no token crosses, and its index in the text. */
export interface Word {
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
