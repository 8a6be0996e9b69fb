import type { BucketPlace, Removed } from "../../../engine/contract/buckets.ts";
import type { StudioClient } from "../../../engine/contract/studio-client.ts";
import type { Row } from "./rows.ts";

/** Maximum number of keys and folders that the studio deletes in one call. */
const KEYS_AT_ONCE = 1000;
const FOLDERS_AT_ONCE = 100;

/** The result of all parts of a removal. */
export interface Outcome {
  readonly count: number;
  /** One for each part that can be undone; fewer than the parts if some cannot. */
  readonly undo: readonly string[];
  readonly failureCount: number;
  readonly failures: Removed["failures"];
  /** Whether everything deleted can be restored. */
  readonly canUndo: boolean;
}

/** Deletes rows, and folders with their content, in as many calls as needed. */
export async function removeRows(
  { buckets }: Pick<StudioClient, "buckets">,
  place: BucketPlace,
  rows: readonly Row[],
): Promise<Outcome> {
  const keys = rows.filter(({ kind }) => kind === "object").map(({ key }) => key);
  const prefixes = rows.filter(({ kind }) => kind === "folder").map(({ key }) => key);
  const parts = [
    ...inParts(keys, KEYS_AT_ONCE).map((part) => ({ keys: part, prefixes: [] })),
    ...inParts(prefixes, FOLDERS_AT_ONCE).map((part) => ({ keys: [], prefixes: part })),
  ];
  const done: Removed[] = [];
  // One after another: a server that gets all of them at once refuses some.
  for (const part of parts) done.push(await buckets.remove({ ...place, ...part }));
  return {
    count: done.reduce((sum, { count }) => sum + count, 0),
    undo: done.flatMap(({ undo }) => undo ?? []),
    failureCount: done.reduce((sum, { failureCount }) => sum + failureCount, 0),
    failures: done.flatMap(({ failures }) => failures),
    canUndo: done.every(({ undo, count }) => undo !== undefined || count === 0),
  };
}

function inParts(all: readonly string[], size: number): string[][] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, part) => all.slice(part * size, (part + 1) * size));
}
