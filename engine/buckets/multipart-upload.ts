import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  type CompletedPart,
} from "@aws-sdk/client-s3";
import { StudioError } from "../contract/errors.ts";
import type { Bucket } from "./bucket-client.ts";
import { checkObject, headObject } from "./check-object.ts";
import { abortUpload } from "./incomplete-uploads.ts";
import { inLanes } from "./lanes.ts";
import { etagOfParts, type Digests, type HashOrder } from "./object-hashes.ts";
import { withRetries } from "./retries.ts";
import type { BegunUpload, TransferJournal } from "./transfer-journal.ts";
import { asCompleted, isForgotten, kept, listParts, partsOf, type Part } from "./upload-parts.ts";
import { PartReader } from "./part-reader.ts";
import { isSourceChanged, type UploadSource } from "./sent-bytes.ts";

const LANES = 4;

/** How often an upload that the service no longer knows is started again. */
const BEGINNINGS = 3;

/** What is uploaded, and how. */
export interface Upload {
  readonly key: string;
  readonly source: UploadSource;
  readonly contentType?: string | undefined;
  /** Part size in bytes; 64 MiB by default, and more if that would be too many parts. */
  readonly partBytes?: number | undefined;
  /** Parts that are sent at once. */
  readonly lanes?: number;
  readonly journal: TransferJournal;
  readonly signal: AbortSignal;
  /** Whether the caller reads the object back, so that an inconclusive checksum is enough here. */
  readonly isReadBack?: boolean;
  /** Called with the number of bytes that have arrived, including those of an earlier run. */
  readonly onBytes: (bytes: number) => void;
}

/** Uploads one object in parts. */
export class MultipartUpload {
  readonly #bucket: Bucket;
  readonly #upload: Upload;
  readonly #partBytes: number;
  readonly #sent = new Map<number, CompletedPart>();
  #told = 0;

  constructor(bucket: Bucket, upload: Upload, partBytes: number) {
    this.#bucket = bucket;
    this.#upload = upload;
    this.#partBytes = partBytes;
  }

  /**
   * The checksum that the SDK sends with each part. It is announced when an upload begins, because some services do not
   * store it otherwise.
   */
  get #checksum(): "CRC32" | undefined {
    return this.#bucket.client.checksums === "when-supported" ? "CRC32" : undefined;
  }

  async run(): Promise<void> {
    for (let count = 1; ; count++) {
      try {
        return await this.#runOnce();
      } catch (error) {
        if (count === BEGINNINGS || !isForgotten(error)) throw error;
      }
    }
  }

  async #runOnce(): Promise<void> {
    const { key, source, journal, signal, onBytes } = this.#upload;
    const begun = (await this.#resumed()) ?? (await this.#begin());
    const parts = partsOf(source.sizeBytes, begun.partBytes);
    const there = parts.filter(({ number }) => this.#sent.has(number));
    const bytes = there.reduce((sum, part) => sum + part.bytes, 0);
    // Bytes of an earlier run are reported once, and subtracted if they turn out to be gone.
    onBytes(bytes - this.#told);
    this.#told = bytes;
    await this.#sendMissing(begun, parts);
    const md5s = parts.map(({ number }) => journal.of(key).md5s.get(number) ?? "");
    const versionId = await this.#complete(begun, md5s);
    const wanted = { source, partBytes: begun.partBytes, md5s, isInParts: true };
    const { isReadBack } = this.#upload;
    await checkObject(this.#bucket, { key, versionId }, { ...wanted, isReadBack }, signal);
  }

  /** The upload of an earlier run and its parts, if the service still has it and the source has not changed. */
  async #resumed(): Promise<BegunUpload | undefined> {
    const { key, source, journal, signal } = this.#upload;
    this.#sent.clear();
    const { upload } = journal.of(key);
    if (upload === undefined) return undefined;
    // Parts with and without a checksum cannot be joined: the connection may have been tested in the meantime.
    const isOther = upload.identity !== source.identity || upload.checksum !== this.#checksum;
    if (isOther) {
      await abortUpload(this.#bucket, { key, uploadId: upload.uploadId }, signal);
      return undefined;
    }
    const sizes = new Map(
      partsOf(source.sizeBytes, upload.partBytes).map(({ number, bytes }) => [number, bytes]),
    );
    try {
      for (const part of await listParts(this.#bucket, { key, ...upload }, signal)) {
        if (sizes.get(part.PartNumber ?? 0) !== part.size) continue;
        this.#sent.set(part.PartNumber ?? 0, part);
      }
    } catch (error) {
      if (isForgotten(error)) return undefined;
      // If a service does not list parts, all of them are sent again.
      if (!(error instanceof StudioError) || error.code !== "BUCKET_UNSUPPORTED") throw error;
    }
    return upload;
  }

  async #begin(): Promise<BegunUpload> {
    const { key, source, contentType, journal, signal } = this.#upload;
    const { client, name } = this.#bucket;
    const reply = await withRetries(signal, () =>
      client.send(
        new CreateMultipartUploadCommand({
          Bucket: name,
          Key: key,
          ...(contentType !== undefined && { ContentType: contentType }),
          ...(this.#checksum !== undefined && { ChecksumAlgorithm: this.#checksum }),
        }),
        { what: "writing an object", bucket: name, key },
        { signal },
      ),
    );
    if (reply.UploadId === undefined) {
      const reason = "it began an upload without naming it";
      throw new StudioError("BUCKET_REPLY_INVALID", { host: client.host, reason });
    }
    const { identity } = source;
    const parts = { partBytes: this.#partBytes, checksum: this.#checksum };
    const begun = { uploadId: reply.UploadId, identity, ...parts };
    try {
      await journal.beginUpload(key, begun);
    } catch (error) {
      // An upload that could not be recorded would be paid for without anyone knowing about it.
      await abortUpload(this.#bucket, { key, uploadId: begun.uploadId }, signal);
      throw error;
    }
    return begun;
  }

  /** Sends the missing parts. If the source changes meanwhile, nothing is kept. */
  async #sendMissing(begun: BegunUpload, parts: readonly Part[]): Promise<void> {
    const { key, source, journal, signal, lanes = LANES } = this.#upload;
    const algorithms: HashOrder["algorithms"] = this.#bucket.client.signsBodies
      ? ["md5", "sha256"]
      : ["md5"];
    await using reader = new PartReader(source, { partBytes: begun.partBytes, algorithms });
    const missing = parts.filter(({ number }) => !this.#sent.has(number));
    const send = (part: Part, ended: AbortSignal): Promise<void> =>
      reader.read(part, ended, (bytes, digests) =>
        this.#send(begun, { part, bytes, digests }, ended),
      );
    try {
      await inLanes(lanes, missing, send, signal);
      // Parts that were sent before their hash was recorded are read again, but not sent.
      for (const part of parts) {
        if (journal.of(key).md5s.has(part.number)) continue;
        await reader.read(part, signal, (_, { md5 }) => journal.addPart(key, part.number, md5));
      }
    } catch (error) {
      const { uploadId } = begun;
      if (isSourceChanged(error)) await abortUpload(this.#bucket, { key, uploadId }, signal);
      throw error;
    }
  }

  async #send({ uploadId }: BegunUpload, sent: SentPart, signal: AbortSignal): Promise<void> {
    const { key, journal, onBytes } = this.#upload;
    const { client, name } = this.#bucket;
    const { part, bytes: body, digests } = sent;
    const { number, bytes } = part;
    await journal.addPart(key, number, digests.md5);
    const reply = await withRetries(signal, () =>
      client.send(
        new UploadPartCommand({
          Bucket: name,
          Key: key,
          UploadId: uploadId,
          PartNumber: number,
          Body: body,
          ContentLength: bytes,
          ContentMD5: Buffer.from(digests.md5, "hex").toString("base64"),
        }),
        { what: "writing an object", bucket: name, key },
        { signal, replyMs: 0, bodySha256: digests.sha256 },
      ),
    );
    this.#sent.set(number, { PartNumber: number, ...kept(reply) });
    this.#told += bytes;
    onBytes(bytes);
  }

  /** Returns the version that it made, if the bucket keeps versions. */
  async #complete({ uploadId }: BegunUpload, md5s: readonly string[]): Promise<string | undefined> {
    const { key, signal } = this.#upload;
    const { client, name } = this.#bucket;
    const Parts = md5s.map((_, i) => this.#sent.get(i + 1) ?? { PartNumber: i + 1 });
    try {
      const reply = await withRetries(signal, () =>
        client.send(
          new CompleteMultipartUploadCommand({
            Bucket: name,
            Key: key,
            UploadId: uploadId,
            MultipartUpload: { Parts: Parts.map(asCompleted) },
          }),
          { what: "writing an object", bucket: name, key },
          { signal, replyMs: 0 },
        ),
      );
      return reply.VersionId;
    } catch (error) {
      // The reply to an earlier attempt may have been lost; the object is compared afterwards.
      if (isForgotten(error) && (await this.#isThere(md5s))) return undefined;
      throw error;
    }
  }

  async #isThere(md5s: readonly string[]): Promise<boolean> {
    const { key, signal } = this.#upload;
    const head = await headObject(this.#bucket, { key }, signal).catch(() => undefined);
    return head?.ETag?.replaceAll('"', "") === etagOfParts(md5s);
  }
}

interface SentPart {
  readonly part: Part;
  readonly bytes: Uint8Array;
  readonly digests: Digests;
}
