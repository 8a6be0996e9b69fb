import { NEWER_MARKS } from "./unicode.ts";

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
