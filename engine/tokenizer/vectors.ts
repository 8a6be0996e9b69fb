import type { AddedToken } from "./added-tokens.ts";

/** A text, and the index in the source that each of its UTF-16 units comes from. */
interface Spelled {
  readonly text: string;
  readonly origins: readonly number[];
}

/** A token of several vectors, and what diffusers replaces it with. */
interface Vectors {
  readonly content: string;
  readonly replacement: string;
}

/**
 * A textual inversion of several vectors is stored as tokens X, X_1, X_2 and so on; X in a text stands for all of them
 * (diffusers, loaders/textual_inversion.py, maybe_convert_prompt). Gives them by the id of X.
 */
export function findVectors(tokens: readonly AddedToken[]): ReadonlyMap<number, Vectors> {
  const known = new Set(tokens.map(({ content }) => content));
  const several = tokens.filter(({ content }) => known.has(`${content}_1`));
  return new Map(several.map(({ id, content }) => [id, { content, replacement: all(content) }]));

  function all(content: string): string {
    const contents = [content];
    while (known.has(`${content}_${contents.length}`)) {
      contents.push(`${content}_${contents.length}`);
    }
    return contents.join(" ");
  }
}

/** The text with every token of several vectors expanded. Undefined if it would be longer than `limit` units. */
export function writeOut(
  source: string,
  found: readonly Vectors[],
  limit: number,
): Spelled | undefined {
  let spelled: Spelled = {
    text: source,
    origins: Array.from({ length: source.length }, (_, at) => at),
  };
  for (const { content, replacement } of found) {
    const places = spelled.text.split(content).length - 1;
    const length = spelled.text.length + places * (replacement.length - content.length);
    if (length > limit) return undefined;
    spelled = replaceAll(spelled, content, replacement);
  }
  return spelled;
}

function replaceAll({ text, origins }: Spelled, content: string, replacement: string): Spelled {
  const parts: (readonly number[])[] = [];
  let end = 0;
  for (let at = text.indexOf(content); at >= 0; at = text.indexOf(content, end)) {
    parts.push(origins.slice(end, at), Array(replacement.length).fill(origins[at]));
    end = at + content.length;
  }
  parts.push(origins.slice(end));
  return { text: text.replaceAll(content, () => replacement), origins: parts.flat() };
}
