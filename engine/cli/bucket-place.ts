import { stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import type { Connection } from "../contract/buckets.ts";
import { StudioError } from "../contract/errors.ts";
import type { StudioClient } from "../contract/studio-client.ts";

/** An S3 place as the command line writes it, `CONNECTION/KEY`, read. */
export interface Place {
  readonly connection: Connection;
  /** Absent where the connection names its bucket. */
  readonly bucket?: string | undefined;
  /** A key, or what keys begin with; empty is the whole bucket. */
  readonly key: string;
}

/** The connection of an id or a name. Refuses where there is none, or where several have that name. */
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
 * `CONNECTION/KEY`: everything behind the first slash is the key as it is. Where the connection names no
 * bucket, the key's first part does.
 */
export async function placeOf(client: Pick<StudioClient, "buckets">, text: string): Promise<Place> {
  const [name, key] = parted(text);
  const connection = await namedConnection(client, name);
  if (connection.bucket !== null) return { connection, key };
  const [bucket, rest] = parted(key);
  return { connection, bucket: bucket === "" ? undefined : bucket, key: rest };
}

/** Whether an archive's place is one of this machine; what is not there and looks like no path may be in a bucket. */
export async function isFile(text: string): Promise<boolean> {
  const isPath = isAbsolute(text) || text.startsWith(".") || !text.includes("/");
  return isPath || (await stat(text).catch(() => undefined)) !== undefined;
}

/** `CONNECTION/KEY` as the contract's procedures take it. */
export async function placeIn(client: Pick<StudioClient, "buckets">, text: string) {
  const { connection, bucket, key } = await placeOf(client, text);
  return { connectionId: connection.id, bucket, key };
}

/** The same of what might have been a file as well. */
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

/** A key for a terminal: characters that would steer it are written as their codes. */
export function shownKey(key: string): string {
  return key.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}
