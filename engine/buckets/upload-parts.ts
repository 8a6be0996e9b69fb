import { ListPartsCommand, type CompletedPart } from "@aws-sdk/client-s3";
import { StudioError } from "../contract/errors.ts";
import type { Bucket } from "./bucket-client.ts";
import { withRetries } from "./retries.ts";

/** A part: its number from 1, and its range of bytes. */
export interface Part {
  readonly number: number;
  readonly start: number;
  readonly bytes: number;
}

/** A part as described by ListParts and UploadPart. */
type Told = Pick<
  CompletedPart,
  | "ETag"
  | "ChecksumCRC32"
  | "ChecksumCRC32C"
  | "ChecksumCRC64NVME"
  | "ChecksumSHA1"
  | "ChecksumSHA256"
>;

export function kept(told: Told): Told {
  const { ETag, ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256 } =
    told;
  const all = {
    ETag,
    ChecksumCRC32,
    ChecksumCRC32C,
    ChecksumCRC64NVME,
    ChecksumSHA1,
    ChecksumSHA256,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

export function asCompleted(part: CompletedPart): CompletedPart {
  return { PartNumber: part.PartNumber, ...kept(part) };
}

export function partsOf(sizeBytes: number, partBytes: number): Part[] {
  const count = Math.max(1, Math.ceil(sizeBytes / partBytes));
  return Array.from({ length: count }, (_, i) => {
    const start = i * partBytes;
    return { number: i + 1, start, bytes: Math.min(partBytes, sizeBytes - start) };
  });
}

/** The parts of an upload that have arrived. Refuses as NOT_FOUND if the service no longer knows it. */
export async function listParts(
  { client, name }: Bucket,
  { key, uploadId }: { readonly key: string; readonly uploadId: string },
  signal: AbortSignal,
): Promise<(CompletedPart & { readonly size: number })[]> {
  const found: (CompletedPart & { readonly size: number })[] = [];
  let marker: string | undefined;
  for (;;) {
    const reply = await withRetries(signal, () =>
      client.send(
        new ListPartsCommand({
          Bucket: name,
          Key: key,
          UploadId: uploadId,
          ...(marker !== undefined && { PartNumberMarker: marker }),
        }),
        { what: "listing parts", bucket: name, key },
        { signal },
      ),
    );
    for (const part of reply.Parts ?? []) {
      const { PartNumber, Size = -1 } = part;
      found.push({ ...kept(part), PartNumber, size: Size });
    }
    const next = reply.NextPartNumberMarker;
    if (reply.IsTruncated !== true || next === undefined || next === marker) return found;
    marker = next;
  }
}

export function isForgotten(error: unknown): boolean {
  return (
    error instanceof StudioError &&
    error.code === "NOT_FOUND" &&
    error.details["what"] === "upload of"
  );
}
