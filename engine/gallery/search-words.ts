/** Scripts that put no spaces between words; each of their characters counts as a word. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;

/** Letters and digits with their marks, as FTS5's unicode61 sees words. */
const WORDS = /[\p{L}\p{N}\p{M}]+/gu;

/** What a picture's text gives the full-text index. */
export function indexedText(text: string): string {
  return text.replaceAll("\0", " ").replace(UNSPACED, " $& ");
}

/**
 * What a person typed as a query of FTS5: all words in any order, the last perhaps unfinished.
 * Undefined where there is no word in it. Every word is quoted, so nothing typed is ever syntax.
 */
export function searchQuery(typed: string): string | undefined {
  const words = typed.match(WORDS);
  if (words === null) return undefined;
  return `${words.map((word) => `"${indexedText(word)}"`).join(" ")} *`;
}
