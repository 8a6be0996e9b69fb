import { type Json, isList, itemsOf, lengthOf, shown } from "./json.ts";
import { MessageFault } from "./message-fault.ts";

/** Maximum number of dimensions of a tensor. */
export const MAX_RANK = 8;

/** A tensor's shape according to a message: -1 is to be derived from the data. */
export type ClaimedShape = readonly number[] | undefined;

/** The shape in a message: a list or, as in TorchServe's samples, a single number or nothing. Throws MessageFault. */
export function readShape(value: Json | undefined, field: string): ClaimedShape {
  if (value === undefined || value === null) return undefined;
  const rank = isList(value) ? lengthOf(value) : 1;
  if (rank > MAX_RANK) {
    throw new MessageFault(field, `of ${rank} dimensions`, `the limit is ${MAX_RANK}`);
  }
  return itemsOf(value).map((dimension) => {
    const isDimension =
      typeof dimension === "number" && Number.isSafeInteger(dimension) && dimension >= -1;
    if (isDimension) return dimension;
    throw new MessageFault(field, shown(dimension), "a dimension is a whole number, or -1");
  });
}

/** The shape for `count` elements, with at most one -1 resolved. Throws MessageFault. */
export function settleShape(claimed: readonly number[], count: number, field: string): number[] {
  const open = claimed.filter((dimension) => dimension === -1).length;
  const known = claimed.reduce((size, dimension) => size * Math.abs(dimension), 1);
  const rest = open === 1 && known > 0 && count % known === 0 ? count / known : undefined;
  const isSettled = open === 0 ? known === count : rest !== undefined;
  if (isSettled) return claimed.map((dimension) => (dimension === -1 ? (rest ?? 0) : dimension));
  const elements = count === 1 ? "1 element" : `${count} elements`;
  throw new MessageFault(field, `[${claimed.join(", ")}]`, `the data has ${elements}`);
}
