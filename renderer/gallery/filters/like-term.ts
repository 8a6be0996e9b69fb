/** A search that begins with the term for one picture's prompt, as the action writes it; people do not type ids. */
const LIKE = /^(?<like>like:[\w-]+)(?:\s(?<text>.*))?$/s;

/** A search in two parts: the term for one picture's prompt, shown as a chip, and the text of the field. */
export interface SplitSearch {
  readonly like: string;
  readonly text: string;
}

export function splitLike(search: string): SplitSearch {
  const { like, text = "" } = LIKE.exec(search)?.groups ?? {};
  return like === undefined ? { like: "", text: search } : { like, text };
}

/** Puts the parts together; empty if nothing is searched for. */
export function joinLike({ like, text }: SplitSearch): string {
  if (text.trim() === "") return like;
  return like === "" ? text : `${like} ${text}`;
}
