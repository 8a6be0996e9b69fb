import { stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import type { Connection } from "../contract/buckets.ts";
import { StudioError } from "../contract/errors.ts";
import type { StudioClient } from "../contract/studio-client.ts";

/** A parsed place in S3, written `CONNECTION/KEY`. */
export interface Place {
  readonly connection: Connection;
  /** Absent if the connection names its bucket. */
  readonly bucket?: string | undefined;
  /** A key or prefix; empty for the whole bucket. */
  readonly key: string;
}

/** The connection with an id or name. Refuses if there is none, or several with that name. */
export async function namedConnection(
  { buckets }: Pick<StudioClient, "buckets">,
  wanted: string,
): Promise<Connection> {
  const all = await buckets.connections();
  const [found, another] = all.filter(({ id, name }) => id === wanted || name === wanted);
  if (found === undefined) throw new StudioError("NOT_FOUND", { what: "connection", id: wanted });
  if (another === undefined) return found;
  const reason = "several have that name; use an id of `bucket connections`";
  throw new StudioError("REQUEST_INVALID", { field: "The connection", value: wanted, reason });
}

/**
 * Parses `CONNECTION/KEY`: everything after the first slash is the key. If the connection names no bucket, the key's
 * first part does.
 */
export async function placeOf(client: Pick<StudioClient, "buckets">, text: string): Promise<Place> {
  const [name, key] = parted(text);
  if (name === "" || name.startsWith(".")) {
    const reason = "it starts with a slash or a dot, not with the name of a connection";
    throw new StudioError("REQUEST_INVALID", { field: "CONNECTION/KEY", value: text, reason });
  }
  const connection = await namedConnection(client, name);
  if (connection.bucket !== null) return { connection, key };
  const [bucket, rest] = parted(key);
  return { connection, bucket: bucket === "" ? undefined : bucket, key: rest };
}

/**
 * Whether an archive's place is on this machine; if nothing is there and it does not look like a path, it may be in a
 * bucket.
 */
export async function isFile(text: string): Promise<boolean> {
  const isPath = isAbsolute(text) || text.startsWith(".") || !text.includes("/");
  return isPath || (await stat(text).catch(() => undefined)) !== undefined;
}

/** `CONNECTION/KEY` as the contract's procedures take it. */
export async function placeIn(client: Pick<StudioClient, "buckets">, text: string) {
  const { connection, bucket, key } = await placeOf(client, text);
  return { connectionId: connection.id, bucket, key };
}

/** The same for a place that could also have been a file. */
export async function objectAt(client: Pick<StudioClient, "buckets">, text: string) {
  return placeIn(client, text).catch((error: unknown) => {
    const isUnknown = error instanceof StudioError && error.code === "NOT_FOUND";
    throw isUnknown
      ? new StudioError("NOT_FOUND", { what: "file or connection", id: text })
      : error;
  });
}

function parted(text: string): readonly [string, string] {
  const slash = text.indexOf("/");
  return slash === -1 ? [text, ""] : [text.slice(0, slash), text.slice(slash + 1)];
}

/** A key for a terminal: control characters are escaped. */
export function shownKey(key: string): string {
  return key.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}
