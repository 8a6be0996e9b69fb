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
