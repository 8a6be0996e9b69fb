import { JOINED, joinPairs } from "./byte-pairs.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { splitWords } from "./words.ts";

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
