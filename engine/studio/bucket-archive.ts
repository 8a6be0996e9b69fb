import { modelsAmong, nameOfKey, type BucketModel } from "../archive/bucket-layout.ts";
import type { Member } from "../archive/member.ts";
import { modelPlace } from "../archive/model-place.ts";
import { refusal } from "../archive/refusals.ts";
import { openArchiveFile, type Archive } from "../archive-files/archive.ts";
import { readBytes } from "../archive-files/byte-source.ts";
import type { Bucket } from "../buckets/bucket-client.ts";
import { folderContent } from "../buckets/folder-download.ts";
import type { ObjectSource } from "../buckets/object-source.ts";
import { objectDetails } from "../buckets/objects.ts";
import { StudioError } from "../contract/errors.ts";

/**
 * Opens an archive in a bucket, reading only its directory and manifest. Undefined if that would read all of it,
 * because it is compressed as a whole. Refuses as openArchive does.
 */
export async function openBucketArchive(
  source: ObjectSource,
  key: string,
): Promise<Archive | undefined> {
  const first = await readBytes(source, 0, 2);
  const isGzip = first.length === 2 && first.readUInt16BE(0) === 0x1f8b;
  return isGzip ? undefined : openArchiveFile(source, nameOfKey(key));
}

/** The zip inside with the model, if examining it would read all of it. Refuses as modelPlace does. */
export function packedZip({ container, manifest }: Archive): Member | undefined {
  const place = modelPlace(container.members, manifest, container.name);
  if (place.kind === "folder" || container.sourceOf(place.path).isSeekable) return undefined;
  return container.members.find(({ path }) => path === place.path);
}

/**
 * The archive with this key, or the only model below it. Refuses as OBJECT_NOT_FOUND, as ARCHIVE_WITHOUT_MODEL, and as
 * REQUEST_INVALID if there are several.
 */
export async function modelAt(
  bucket: Bucket,
  key: string,
  signal: AbortSignal,
): Promise<BucketModel> {
  const isFolder = key === "" || key.endsWith("/");
  if (!isFolder && (await isObject(bucket, key, signal))) return { kind: "archive", key };
  const prefix = isFolder ? key : `${key}/`;
  const { placed } = await folderContent(bucket, prefix, signal);
  const keys = placed.map(({ object }) => object.key);
  if (keys.length === 0) throw new StudioError("OBJECT_NOT_FOUND", { bucket: bucket.name, key });
  const [found, ...others] = modelsAmong(keys);
  if (found === undefined) {
    const reason = "there is neither an archive nor model_index.json below it";
    throw refusal("ARCHIVE_WITHOUT_MODEL", prefix || bucket.name, reason);
  }
  if (others.length === 0) return found;
  const names = [found, ...others.slice(0, 2)].map((one) => one.key).join(", ");
  const reason = `there are ${others.length + 1} models below it; name one, such as ${names}`;
  throw new StudioError("REQUEST_INVALID", { field: "The key", value: prefix, reason });
}

async function isObject(bucket: Bucket, key: string, signal: AbortSignal): Promise<boolean> {
  try {
    await objectDetails(bucket, { key }, signal);
    return true;
  } catch (error) {
    if (error instanceof StudioError && error.code === "OBJECT_NOT_FOUND") return false;
    throw error;
  }
}
