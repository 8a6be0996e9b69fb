import { create } from "zustand";
import type { Connection, ConnectionCheck } from "../../engine/contract/buckets.ts";
import type { RefusalCode } from "../../engine/contract/errors.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import type { Studio } from "../connection/studio.tsx";

/** Updates new and changed connections in the list, if it has been read; new ones are added at the end. */
export function mergeConnections(changed: readonly Connection[], { cache, queries }: Studio): void {
  const byId = new Map(changed.map((connection) => [connection.id, connection]));
  cache.setQueryData(queries.buckets.connections.queryKey(), (before) => {
    if (before === undefined) return undefined;
    const known = new Set(before.map(({ id }) => id));
    const added = changed.filter(({ id }) => !known.has(id));
    return [...before.map((connection) => byId.get(connection.id) ?? connection), ...added];
  });
}

export function forgetConnections(ids: readonly string[], { cache, queries }: Studio): void {
  const gone = new Set(ids);
  cache.setQueryData(queries.buckets.connections.queryKey(), (before) =>
    before?.filter(({ id }) => !gone.has(id)),
  );
}

/** Reads everything about buckets again: the open list, details, incomplete uploads. */
export function refreshBuckets({ cache, queries }: Studio): void {
  for (const part of ["list", "details", "check", "incomplete", "names"] as const)
    void cache.invalidateQueries({ queryKey: queries.buckets[part].key() });
}

interface ConnectionTests {
  /** Ids of the connections being tested. */
  readonly running: ReadonlySet<string>;
  /** Ids of those whose objects could not be listed the last time. */
  readonly unlisted: ReadonlySet<string>;
}

export const useConnectionTests = create<ConnectionTests>()(() => ({
  running: new Set(),
  unlisted: new Set(),
}));

/** Tests a connection; the result also arrives as an event. */
export async function testConnection(client: StudioClient, id: string): Promise<ConnectionCheck> {
  mark("running", id, true);
  try {
    return await client.buckets.test({ id });
  } finally {
    mark("running", id, false);
    // The test's own result is newer.
    mark("unlisted", id, false);
  }
}

/** Remembers whether a connection's objects could be listed. */
export function markListed(id: string, isListed: boolean): void {
  mark("unlisted", id, !isListed);
}

function mark(list: keyof ConnectionTests, id: string, isIn: boolean): void {
  useConnectionTests.setState(({ [list]: before }) => {
    if (before.has(id) === isIn) return {};
    const next = new Set(before);
    if (isIn) next.add(id);
    else next.delete(id);
    return { [list]: next };
  });
}

/** The form's field where a refusal can be corrected. */
export type ConnectionField =
  | "accessKey"
  | "secretKey"
  | "endpoint"
  | "region"
  | "bucket"
  | "pathStyle"
  | "ca";

const FIELDS: Readonly<Partial<Record<RefusalCode, ConnectionField>>> = {
  BUCKET_KEYS_REFUSED: "secretKey",
  BUCKET_DENIED: "accessKey",
  BUCKET_REGION: "region",
  BUCKET_MOVED: "endpoint",
  BUCKET_UNREACHABLE: "endpoint",
  BUCKET_REPLY_INVALID: "endpoint",
  BUCKET_PATH_STYLE: "pathStyle",
  BUCKET_NOT_FOUND: "bucket",
  BUCKET_NOT_CHOSEN: "bucket",
  BUCKET_NAME_INVALID: "bucket",
  BUCKET_CERTIFICATE: "ca",
};

/** The most likely field to correct after a refusal; undefined if no field would help. */
export function fieldOf(code: string): ConnectionField | undefined {
  return new Map<string, ConnectionField>(Object.entries(FIELDS)).get(code);
}
