import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type MultipartUpload,
} from "@aws-sdk/client-s3";
import type { IncompleteUpload } from "../contract/buckets.ts";
import { StudioError } from "../contract/errors.ts";
import type { Bucket } from "./bucket-client.ts";
import { decoderFor } from "./listed-names.ts";
import { isoOf } from "./listing.ts";

/** Maximum number of uploads that are listed. */
const MAX_UPLOADS = 10_000;

/** Number of uploads whose parts are counted. */
const LOOKED_AT = 100;

export type UploadName = Pick<IncompleteUpload, "key" | "uploadId">;

/** Uploads that were neither completed nor aborted. Refuses as BUCKET_UNSUPPORTED if a service cannot list them. */
export async function incompleteUploads(
  bucket: Bucket,
  prefix: string,
  signal?: AbortSignal,
): Promise<IncompleteUpload[]> {
  const uploads = await uploadsBelow(bucket, prefix, signal);
  const first = await Promise.all(
    uploads.slice(0, LOOKED_AT).map(async (upload) => ({
      ...upload,
      ...(await partsOf(bucket, upload, signal)),
    })),
  );
  return [...first, ...uploads.slice(LOOKED_AT)];
}

/** MinIO takes a prefix for a whole key: if it returns nothing, all are listed. */
async function uploadsBelow(bucket: Bucket, prefix: string, signal?: AbortSignal) {
  const below = await listUploads(bucket, prefix, signal).catch(noneOf);
  if (below.length > 0 || prefix === "") return below;
  const all = await listUploads(bucket, "", signal).catch(noneOf);
  return all.filter(({ key }) => key.startsWith(prefix));
}

/** Some services answer NoSuchUpload if a bucket has none. */
function noneOf(error: unknown): IncompleteUpload[] {
  if (error instanceof StudioError && error.code === "NOT_FOUND") return [];
  throw error;
}

/** Aborts an upload; does nothing if it no longer exists. */
export async function abortUpload(
  { client, name }: Bucket,
  { key, uploadId }: UploadName,
  signal?: AbortSignal,
): Promise<void> {
  const command = new AbortMultipartUploadCommand({ Bucket: name, Key: key, UploadId: uploadId });
  try {
    await client.send(command, { what: "aborting an upload", bucket: name, key }, { signal });
  } catch (error) {
    if (!(error instanceof StudioError) || !isGone(error)) throw error;
  }
}

const isGone = ({ code }: StudioError): boolean =>
  code === "NOT_FOUND" || code === "OBJECT_NOT_FOUND";

async function listUploads(
  bucket: Bucket,
  prefix: string,
  signal?: AbortSignal,
): Promise<IncompleteUpload[]> {
  const { client, name } = bucket;
  const found: IncompleteUpload[] = [];
  let marker: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
  for (;;) {
    const reply = await client.send(
      new ListMultipartUploadsCommand({
        Bucket: name,
        Prefix: prefix,
        EncodingType: "url",
        ...marker,
      }),
      { what: "listing incomplete uploads", bucket: name },
      { signal },
    );
    const decode = decoderFor(bucket, reply);
    found.push(...(reply.Uploads ?? []).map((upload) => incomplete(upload, decode)));
    const next = {
      KeyMarker: decode(reply.NextKeyMarker ?? ""),
      UploadIdMarker: reply.NextUploadIdMarker,
    };
    const isStuck =
      next.KeyMarker === marker.KeyMarker && next.UploadIdMarker === marker.UploadIdMarker;
    if (reply.IsTruncated !== true || isStuck || found.length >= MAX_UPLOADS) return found;
    marker = next;
  }
}

function incomplete(
  { Key = "", UploadId = "", Initiated }: MultipartUpload,
  decode: (text: string) => string,
): IncompleteUpload {
  return { key: decode(Key), uploadId: UploadId, startedAt: isoOf(Initiated) };
}

/** Empty if the service does not list parts. */
async function partsOf(
  { client, name }: Bucket,
  { key, uploadId }: UploadName,
  signal?: AbortSignal,
): Promise<Pick<IncompleteUpload, "bytes" | "parts">> {
  try {
    const { Parts = [], IsTruncated } = await client.send(
      new ListPartsCommand({ Bucket: name, Key: key, UploadId: uploadId }),
      { what: "listing parts", bucket: name, key },
      { signal },
    );
    if (IsTruncated === true) return {};
    return { bytes: Parts.reduce((sum, { Size = 0 }) => sum + Size, 0), parts: Parts.length };
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    return {};
  }
}
