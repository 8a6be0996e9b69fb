import { lstat, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { GetObjectCommand, type HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import { StudioError } from "../contract/errors.ts";
import { discardPart, resumable, startPart } from "../download/part.ts";
import { makeFolder, renameToNew, syncFolder } from "../files/atomic-file.ts";
import { demandSpace, diskFull } from "../files/disk-full.ts";
import { isDiskFull, isSystemError, systemCode } from "../files/system-error.ts";
import type { Bucket } from "./bucket-client.ts";
import { headObject } from "./check-object.ts";
import { HashedFile, type Hashing } from "./hashed-file.ts";
import { hasherFor, SharedBlocks } from "./hasher.ts";
import { etagOfParts, type Digests, type HashOrder } from "./object-hashes.ts";
import { isChanged, type ObjectPlace } from "./objects.ts";
import { BrokenOff, Retries } from "./retries.ts";

/** An object that has changed this often during a download is given up. */
const CHANGES = 3;

export interface Download extends ObjectPlace {
  /** The target; the data are beside it in a `.part` file until complete. */
  readonly out: string;
  readonly force: boolean;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}

/**
 * Downloads an object into a file, resuming an earlier run if the object has not changed. The file gets its name once
 * it is complete and matches the service's checksums. Refuses as OUTPUT_EXISTS, OUTPUT_UNWRITABLE, DISK_FULL,
 * DOWNLOAD_DAMAGED, and as `send` does. Returns the object's ETag.
 */
export async function downloadObject(
  bucket: Bucket,
  download: Download,
): Promise<string | undefined> {
  const { out, force } = download;
  if (!force && (await isTaken(out))) throw new StudioError("OUTPUT_EXISTS", { path: out });
  try {
    await makeFolder(dirname(out));
    const etag = await new ObjectDownload(bucket, download).run();
    await (force ? rename(partOf(out), out) : renameToNew(partOf(out), out));
    await discardPart(partOf(out));
    await syncFolder(dirname(out));
    return etag;
  } catch (error) {
    throw refusalOf(error, out);
  }
}

/** Deletes a partial download. */
export async function discardDownload(out: string): Promise<void> {
  await discardPart(partOf(out));
}

const partOf = (out: string): string => `${out}.part`;

class ObjectDownload {
  readonly #bucket: Bucket;
  readonly #download: Download;
  readonly #part: string;
  #told = 0;
  /** Of the previous attempt's bytes. */
  #md5s: string | undefined;

  constructor(bucket: Bucket, download: Download) {
    this.#bucket = bucket;
    this.#download = download;
    this.#part = partOf(download.out);
  }

  async run(): Promise<string | undefined> {
    for (let count = 1; ; count++) {
      const head = await headObject(this.#bucket, this.#download, this.#download.signal);
      const order = await this.#orderFor(head);
      await using hasher = hasherFor(head.ContentLength ?? 0);
      const digests = await this.#fetch(head, { order, hasher });
      if (digests !== undefined) {
        const fault = this.#faultOf(head, order, digests);
        if (fault === undefined) return head.ETag?.replaceAll('"', "");
        await this.#discard();
        if (count > 1) throw this.#damaged(fault);
      } else await this.#discard();
      if (count === CHANGES) throw this.#damaged("it changes all the time");
    }
  }

  /** The hashes needed for the comparison; undefined if the object changed during the download. */
  async #fetch(
    { ContentLength: size = 0, ETag: etag = "" }: HeadObjectCommandOutput,
    { order, hasher }: Hashing,
  ): Promise<readonly Digests[] | undefined> {
    const { key, out, signal } = this.#download;
    let { bytes, validator } = await resumable(this.#part, size);
    if (validator !== etag || etag === "") {
      await discardPart(this.#part);
      await startPart(this.#part, etag);
      bytes = 0;
    }
    await demandSpace(dirname(out), size - bytes);
    this.#tell(bytes);
    const retries = new Retries(key, signal);
    await using file = await open(this.#part, "r+");
    const grown = new HashedFile(file, { order, hasher });
    await grown.catchUp(bytes, signal);
    while (bytes < size) {
      const from = bytes;
      try {
        bytes = await this.#stream(grown, { from, size, etag });
      } catch (error) {
        signal.throwIfAborted();
        if (isChanged(error)) return undefined;
        bytes = this.#told;
        await retries.waitOrThrow(error, { isFurther: bytes > from });
      }
    }
    const [digests] = await Promise.all([grown.finish(), file.sync()]);
    return digests;
  }

  /** Appends the object from an offset, and returns the new length. */
  async #stream(
    file: HashedFile,
    { from, size, etag }: { readonly from: number; readonly size: number; readonly etag: string },
  ): Promise<number> {
    const { key, versionId, signal } = this.#download;
    const { client, name } = this.#bucket;
    const reply = await client.send(
      new GetObjectCommand({
        Bucket: name,
        Key: key,
        Range: `bytes=${from}-`,
        ...(etag !== "" && { IfMatch: etag }),
        ...(versionId !== undefined && { VersionId: versionId }),
      }),
      { what: "reading an object", bucket: name, key },
      { signal },
    );
    if (!(reply.Body instanceof Readable)) throw this.#damaged("it has no content");
    // A service without range support sends everything.
    let at = reply.ContentRange === undefined ? 0 : from;
    const starts = reply.ContentRange?.startsWith(`bytes ${from}-`) ?? true;
    if (!starts) {
      reply.Body.destroy();
      throw this.#damaged(`its answer to ${from} is ${reply.ContentRange}`);
    }
    this.#tell(at);
    const blocks = new SharedBlocks(file.writerAt(at, (end) => this.#tell(end)));
    try {
      for await (const piece of reply.Body as AsyncIterable<Uint8Array>) {
        signal.throwIfAborted();
        if (at + piece.length > size) throw this.#damaged("more comes than it says");
        await blocks.add(piece);
        at += piece.length;
      }
    } finally {
      // What arrived before the connection broke is kept.
      await blocks.flush();
    }
    if (at < size) throw new BrokenOff();
    return at;
  }

  #tell(bytes: number): void {
    this.#download.onBytes(bytes - this.#told);
    this.#told = bytes;
  }

  async #discard(): Promise<void> {
    await discardPart(this.#part);
    this.#tell(0);
  }

  /** The hashes that are needed to compare with what the service says about the object. */
  async #orderFor(head: HeadObjectCommandOutput): Promise<HashOrder | undefined> {
    if (isWhole(head.ChecksumSHA256)) return { algorithms: ["sha256"], partBytes: Infinity };
    if (isWhole(head.ChecksumCRC32)) return { algorithms: ["crc32"], partBytes: Infinity };
    if (MD5.test(head.ETag ?? "")) return { algorithms: ["md5"], partBytes: Infinity };
    const partBytes = await this.#partBytes(head);
    return partBytes === undefined ? undefined : { algorithms: ["md5"], partBytes };
  }

  /**
   * How the downloaded bytes differ from what the service says. Some services use another hash as ETag: bytes that
   * arrive identically twice are accepted.
   */
  #faultOf(
    { ChecksumSHA256, ChecksumCRC32, ETag = "" }: HeadObjectCommandOutput,
    order: HashOrder | undefined,
    digests: readonly Digests[],
  ): string | undefined {
    const [{ sha256, crc32 } = { sha256: "", crc32: 0 }] = digests;
    if (order === undefined) return undefined;
    if (order.algorithms.includes("sha256")) {
      return Buffer.from(sha256, "hex").toString("base64") === ChecksumSHA256
        ? undefined
        : "its SHA-256 does not match";
    }
    if (order.algorithms.includes("crc32")) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(crc32);
      return bytes.toString("base64") === ChecksumCRC32 ? undefined : "its CRC-32 does not match";
    }
    const md5s = digests.map(({ md5 }) => md5);
    const isAgain = this.#md5s === md5s.join();
    this.#md5s = md5s.join();
    const expected = MD5.test(ETag) ? md5s.join() : etagOfParts(md5s);
    return ETag.replaceAll('"', "") === expected || isAgain ? undefined : "its MD5 does not match";
  }

  /** The part size of a multipart object with equal parts, as far as the service reveals it. */
  async #partBytes({ ETag = "", ContentLength = 0 }: HeadObjectCommandOutput) {
    const count = Number(/-(\d+)"?$/.exec(ETag)?.[1] ?? 0);
    if (count === 0) return undefined;
    const { signal } = this.#download;
    const first = await headObject(this.#bucket, this.#download, signal, 1).catch(() => undefined);
    signal.throwIfAborted();
    const bytes = first?.ContentLength ?? 0;
    return bytes > 0 && Math.ceil(ContentLength / bytes) === count ? bytes : undefined;
  }

  #damaged(reason: string): StudioError {
    return new StudioError("DOWNLOAD_DAMAGED", { file: this.#download.key, reason });
  }
}

/** Whether a checksum is of the whole object rather than of its parts' checksums. */
function isWhole(checksum: string | undefined): checksum is string {
  return checksum !== undefined && !checksum.includes("-");
}

/** An ETag that is the object's MD5. */
const MD5 = /^"?[\da-f]{32}"?$/;

async function isTaken(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => !isSystemError(error, "ENOENT", "ENOTDIR"),
  );
}

/** The refusal for a failure: disk errors are about the file. */
function refusalOf(error: unknown, path: string): unknown {
  if (error instanceof StudioError) return error;
  if (isSystemError(error, "EEXIST")) return new StudioError("OUTPUT_EXISTS", { path });
  if (isDiskFull(error)) return diskFull(dirname(path), 0);
  const reason = systemCode(error);
  return reason === undefined ? error : new StudioError("OUTPUT_UNWRITABLE", { path, reason });
}
