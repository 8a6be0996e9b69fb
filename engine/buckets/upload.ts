import { createHash } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { Bucket } from "./bucket-client.ts";
import { checkObject } from "./check-object.ts";
import { MultipartUpload, type Upload } from "./multipart-upload.ts";
import { withRetries } from "./retries.ts";
import { RangeReader } from "./part-reader.ts";

/** S3's limits, https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html. */
const MAX_PARTS = 10_000;
const PART_BYTES = 64 << 20;

/**
 * Uploads a source in one request, or in parts, of which those of an earlier run are not sent again. The stored object
 * is then compared by size and checksum, or read back if the service has no usable checksum. Refuses as OBJECT_DIFFERS,
 * UPLOAD_INPUT_CHANGED and as `send` does.
 */
export async function uploadObject(bucket: Bucket, upload: Upload): Promise<void> {
  const { key, source, journal, onBytes } = upload;
  if (journal.of(key).done === source.identity) {
    onBytes(source.sizeBytes);
    return;
  }
  const partBytes = partBytesFor(source.sizeBytes, upload.partBytes);
  const isSmall = source.sizeBytes <= partBytes;
  const isWhole = isSmall && journal.of(key).upload === undefined;
  await (isWhole ? putWhole(bucket, upload) : new MultipartUpload(bucket, upload, partBytes).run());
  await journal.finish(key, source.identity);
}

/** The part size: the requested one, or larger so that there are not too many parts. */
export function partBytesFor(sizeBytes: number, wanted = PART_BYTES): number {
  return Math.max(wanted, Math.ceil(sizeBytes / MAX_PARTS));
}

async function putWhole(bucket: Bucket, upload: Upload): Promise<void> {
  const { key, source, contentType, signal, onBytes, isReadBack } = upload;
  const { sizeBytes } = source;
  const body = Buffer.allocUnsafeSlow(sizeBytes);
  await using reader = new RangeReader(source);
  await reader.read(0, body, signal);
  await source.refuseChanged?.();
  const md5 = createHash("md5").update(body).digest();
  const sha256 = bucket.client.signsBodies ? createHash("sha256").update(body).digest("hex") : "";
  const reply = await withRetries(signal, () =>
    bucket.client.send(
      new PutObjectCommand({
        Bucket: bucket.name,
        Key: key,
        Body: body,
        ContentLength: sizeBytes,
        ContentMD5: md5.toString("base64"),
        ...(contentType !== undefined && { ContentType: contentType }),
      }),
      { what: "writing an object", bucket: bucket.name, key },
      { signal, replyMs: 0, bodySha256: sha256 },
    ),
  );
  await checkObject(
    bucket,
    { key, versionId: reply.VersionId },
    { source, partBytes: Infinity, md5s: [md5.toString("hex")], isInParts: false, isReadBack },
    signal,
  );
  onBytes(sizeBytes);
}
