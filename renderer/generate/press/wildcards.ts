/** A piece of a prompt: words as they stand, or alternatives of which each makes a prompt of its own. */
type Piece = string | readonly Sequence[];
type Sequence = readonly Piece[];

/** Alternatives within alternatives, at most: deeper braces are words. */
const DEEPEST = 8;

/** A group that is being read: its alternatives so far, the last one open. */
type Group = Piece[][];

/**
 * `a {red|blue} boat` in its pieces, in one pass. Braces that do not pair, or hold no `|`, are words.
 */
function piecesOf(prompt: string): Sequence {
  const open: Group[] = [[[]]];
  const add = (...pieces: readonly Piece[]) =>
    open
      .at(-1)
      ?.at(-1)
      ?.push(...pieces);
  for (const text of prompt.split(/([{|}])/)) {
    if (text === "{" && open.length <= DEEPEST) open.push([[]]);
    else if (text === "|" && open.length > 1) open.at(-1)?.push([]);
    else if (text === "}" && open.length > 1) {
      const group = open.pop() ?? [];
      if (group.length > 1) add(group);
      else add("{", ...(group[0] ?? []), "}");
    } else if (text !== "") add(text);
  }
  while (open.length > 1) {
    const group = open.pop() ?? [];
    add("{", ...group.flatMap((alternative, i) => (i > 0 ? ["|", ...alternative] : alternative)));
  }
  return open[0]?.[0] ?? [];
}

/** How many prompts a prompt stands for: 1 where it has no alternatives. */
export function countPrompts(prompt: string): number {
  return countOf(piecesOf(prompt));
}

function countOf(sequence: Sequence): number {
  return sequence.reduce<number>(
    (product, piece) =>
      typeof piece === "string"
        ? product
        : product * piece.reduce((sum, alternative) => sum + countOf(alternative), 0),
    1,
  );
}

/** The prompts that a prompt stands for, the last group changing first; the first `limit` of them. */
export function expandPrompts(prompt: string, limit: number): readonly string[] {
  return textsOf(piecesOf(prompt), limit);
}

function textsOf(sequence: Sequence, limit: number): readonly string[] {
  let texts: readonly string[] = [""];
  for (const piece of sequence) {
    const ends = typeof piece === "string" ? [piece] : alternativesOf(piece, limit);
    texts = texts.flatMap((start) => ends.map((end) => start + end)).slice(0, limit);
  }
  return texts;
}

function alternativesOf(piece: readonly Sequence[], limit: number): readonly string[] {
  return piece.flatMap((alternative) => textsOf(alternative, limit)).slice(0, limit);
}
