/** Scripts without spaces between words; each character counts as a word. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;

/** Letters and digits with their marks: words as FTS5's unicode61 tokenizer defines them. */
const WORDS = /[\p{L}\p{N}\p{M}]+/gu;

/** The text of a picture as given to the full-text index. */
export function indexedText(text: string): string {
  return text.replaceAll("\0", " ").replace(UNSPACED, " $& ");
}

/**
 * The FTS5 query for a typed text: all words in any order, the last one possibly incomplete. Undefined if there are no
 * words. Every word is quoted, so that nothing is taken as syntax.
 */
export function searchQuery(typed: string): string | undefined {
  const words = typed.match(WORDS);
  if (words === null) return undefined;
  return `${words.map((word) => `"${indexedText(word)}"`).join(" ")} *`;
}
