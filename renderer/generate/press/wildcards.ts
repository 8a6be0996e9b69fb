/** A piece of a prompt: plain text, or alternatives, each of which makes another prompt. */
type Piece = string | readonly Sequence[];
type Sequence = readonly Piece[];

/** Maximum nesting of alternatives; deeper braces are plain text. */
const DEEPEST = 8;

/** Parses `a {red|blue} boat` in one pass. Unpaired braces, or braces without `|`, are plain text. */
class Reader {
  /** The groups being parsed, innermost last, each with its alternatives so far. */
  readonly #open: Piece[][][] = [[[]]];

  read(prompt: string): Sequence {
    for (const text of prompt.split(/([{|}])/)) this.#take(text);
    while (this.#isInGroup) this.#leave();
    return this.#open[0]?.[0] ?? [];
  }

  get #isInGroup(): boolean {
    return this.#open.length > 1;
  }

  #take(text: string): void {
    if (text === "{" && this.#open.length <= DEEPEST) this.#open.push([[]]);
    else if (text === "|" && this.#isInGroup) this.#open.at(-1)?.push([]);
    else if (text === "}" && this.#isInGroup) this.#close();
    else if (text !== "") this.#add(text);
  }

  #add(...pieces: readonly Piece[]): void {
    this.#open
      .at(-1)
      ?.at(-1)
      ?.push(...pieces);
  }

  #close(): void {
    const group = this.#open.pop() ?? [];
    if (group.length > 1) this.#add(group);
    else this.#add("{", ...group.flat(), "}");
  }

  /** A group that is never closed is plain text. */
  #leave(): void {
    const group = this.#open.pop() ?? [];
    this.#add("{", ...group.flatMap((pieces, i) => (i > 0 ? ["|", ...pieces] : pieces)));
  }
}

function piecesOf(prompt: string): Sequence {
  return new Reader().read(prompt);
}

/** The number of prompts that a prompt expands to: 1 without alternatives. */
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

/** The first `limit` prompts that a prompt expands to; the last group varies fastest. */
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
