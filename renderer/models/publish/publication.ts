import type { BucketPlace, Connection } from "../../../engine/contract/buckets.ts";
import { isArchiveName } from "../archive/archive-name.ts";

/** What a person says of a model that goes into a bucket. */
export interface Publication {
  /** Empty: the first there is. */
  readonly connectionId: string;
  /** Where the connection names none. */
  readonly bucket: string;
  readonly prefix: string;
  readonly name: string;
  readonly version: string;
  /** Whether weights in int8 go along. */
  readonly isInt8: boolean;
}

/** What the studio said when it began. */
export interface Begun {
  readonly transferId: string;
  /** What to enter in OpenShift AI. */
  readonly path: string;
}

/** The bucket that is meant; empty where none is named. */
export function bucketOf({ bucket }: Publication, connection: Connection | undefined): string {
  return connection?.bucket ?? bucket.trim();
}

/** A folder as keys have it: without slashes in front, with one at its end; empty for the bucket itself. */
export function folderOf({ prefix }: Pick<Publication, "prefix">): string {
  const parts = prefix.split("/").filter((part) => part.trim() !== "");
  return parts.map((part) => `${part.trim()}/`).join("");
}

/** KServe ignores an archive whose name has a dot besides the one of .mar. */
export function isPublishedName(name: string): boolean {
  return isArchiveName(name) && !name.includes(".");
}

export function isSound(publication: Publication, connection: Connection | undefined): boolean {
  const { name, version } = publication;
  const hasPlace = connection !== undefined && bucketOf(publication, connection) !== "";
  return hasPlace && isPublishedName(name) && isArchiveName(version);
}

export function placeOf(
  publication: Publication,
  connection: Connection,
): BucketPlace & { readonly prefix: string } {
  const bucket = bucketOf(publication, connection);
  return { connectionId: connection.id, bucket, prefix: folderOf(publication) };
}

/** A line of the layout: how deep it stands, and its name. */
export interface LayoutLine {
  readonly depth: number;
  readonly name: string;
  readonly isFile: boolean;
}

/** What will lie in the bucket, as the notebook's document draws it. */
export function layoutOf(
  publication: Publication,
  connection: Connection | undefined,
): readonly LayoutLine[] {
  const { name } = publication;
  const bucket = bucketOf(publication, connection) || "bucket";
  const folders = [bucket, ...folderOf(publication).split("/").filter(Boolean), name];
  const depth = folders.length;
  return [
    ...folders.map((folder, at) => ({ depth: at, name: `${folder}/`, isFile: false })),
    { depth, name: "config/", isFile: false },
    { depth: depth + 1, name: "config.properties", isFile: true },
    { depth, name: "model-store/", isFile: false },
    { depth: depth + 1, name: `${name}.mar`, isFile: true },
  ];
}
