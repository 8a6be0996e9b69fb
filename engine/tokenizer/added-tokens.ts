/** A token that is found in the text itself, before the text is split into words. */
export interface AddedToken {
  readonly content: string;
  readonly id: number;
  /**
   * Whether it is searched for in the normalized text, and so in any letter case, rather than in the text as written.
   */
  readonly normalized: boolean;
  /** Whether it matches only without an adjoining letter, digit or underscore. */
  readonly singleWord: boolean;
}

/** A range of a text, `from` inclusive, `to` exclusive: the token `id`, or without one plain text. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly id?: number;
}

const WORD_BEFORE = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;
const WORD_AFTER = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

/**
 * Splits a text into added tokens and the plain text between them; the longest token at a position wins. `spell`
 * normalizes tokens the way the texts will have been.
 */
export function createCutter(
  tokens: readonly AddedToken[],
  spell: (content: string) => string,
): (text: string) => Generator<Stretch, void> {
  const patterns = tokens.map(({ content, id, singleWord }) => ({
    content: spell(content),
    id,
    singleWord,
  }));
  const longestFirst = patterns.toSorted((a, b) => b.content.length - a.content.length);
  const byFirstUnit = Map.groupBy(longestFirst, ({ content }) => content.charCodeAt(0));

  return function* cut(text) {
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const token = byFirstUnit
        .get(text.charCodeAt(at))
        ?.find(({ content }) => text.startsWith(content, at));
      if (token === undefined) continue;
      const to = at + token.content.length;
      if (!token.singleWord || standsAlone(text, at, to)) {
        if (from < at) yield { from, to: at };
        yield { from: at, to, id: token.id };
        from = to;
      }
      at = to - 1;
    }
    if (from < text.length) yield { from, to: text.length };
  };
}

function standsAlone(text: string, from: number, to: number): boolean {
  const before = text.slice(Math.max(0, from - 2), from);
  const after = text.slice(to, to + 2);
  return !WORD_BEFORE.test(before) && !WORD_AFTER.test(after);
}
