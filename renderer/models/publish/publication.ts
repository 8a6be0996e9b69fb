import type { BucketPlace, Connection } from "../../../engine/contract/buckets.ts";
import type { StoredModel } from "../../../engine/contract/models.ts";
import { archiveNameOf, isArchiveName } from "../archive/archive-name.ts";

/** The choices for a model that is published to a bucket. */
export interface Publication {
  readonly modelId: string;
  /** Empty means the first one. */
  readonly connectionId: string;
  /** Used if the connection names none. */
  readonly bucket: string;
  readonly prefix: string;
  readonly name: string;
  readonly version: string;
  /** Whether the weights are also included in int8. */
  readonly isInt8: boolean;
}

/** The studio's answer when publishing starts. */
export interface Begun {
  readonly transferId: string;
  /** The path to enter in OpenShift AI. */
  readonly path: string;
}

/** The name that a model is published under unless another is entered: KServe allows no dot in it. */
export function publishedNameOf(model: Pick<StoredModel, "id">): string {
  return archiveNameOf(model).replaceAll(".", "-");
}

/** Another model at the same place; it brings its own name unless another was entered. */
export function changeModel({ name, modelId }: Publication, id: string): Partial<Publication> {
  const isOwnName = name === publishedNameOf({ id: modelId });
  return { modelId: id, ...(isOwnName && { name: publishedNameOf({ id }) }) };
}

/** The target bucket; empty if none is named. */
export function bucketOf({ bucket }: Publication, connection: Connection | undefined): string {
  return connection?.bucket ?? bucket.trim();
}

/** A folder in the form of keys: without leading slashes, with one at the end; empty for the bucket itself. */
export function folderOf({ prefix }: Pick<Publication, "prefix">): string {
  const parts = prefix.split("/").filter((part) => part.trim() !== "");
  return parts.map((part) => `${part.trim()}/`).join("");
}

/** KServe ignores an archive whose name contains a dot other than that of .mar. */
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

/** A line of the layout: its depth and its name. */
export interface LayoutLine {
  readonly depth: number;
  readonly name: string;
  readonly isFile: boolean;
}

/** The future content of the bucket, drawn like the tree in the notebook's document. */
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
