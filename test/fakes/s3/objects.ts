import { createHash, randomUUID } from "node:crypto";
import { crc32Of } from "./body.ts";
import { notFound, S3Fault } from "./fault.ts";

/** One version of an object; a delete marker has no bytes. */
export interface Version {
  readonly versionId: string;
  readonly bytes: Buffer;
  readonly isDeletion: boolean;
  readonly etag: string;
  readonly modifiedAt: Date;
  readonly headers: Readonly<Record<string, string>>;
  readonly checksums: ReadonlyMap<string, string>;
}

export interface Part {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly modifiedAt: Date;
  readonly checksums: ReadonlyMap<string, string>;
}

export interface Upload {
  readonly uploadId: string;
  readonly key: string;
  readonly startedAt: Date;
  readonly headers: Readonly<Record<string, string>>;
  /** The checksums that were announced for its parts, such as `crc32`; empty if none were. */
  readonly algorithm: string;
  readonly parts: Map<number, Part>;
}

/** A part as the request names it that joins the parts. */
interface NamedPart {
  readonly number: number;
  readonly etag: string;
  readonly crc32?: string | undefined;
}

/** The content of an object. */
export interface Given {
  readonly bytes: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly checksums?: ReadonlyMap<string, string>;
  readonly etag?: string;
}

/** AWS refuses smaller parts than 5 MiB, except the last; tests use smaller ones. */
const SMALLEST_PART = 5 << 20;

export const etagOf = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");

interface Whims {
  readonly smallestPart?: number | undefined;
  readonly hasWholeEtags?: boolean | undefined;
}

/** A bucket in memory. */
export class Bucket {
  readonly name: string;
  readonly createdAt = new Date();
  readonly #objects = new Map<string, Version[]>();
  readonly uploads = new Map<string, Upload>();
  readonly #smallestPart: number;
  readonly #hasWholeEtags: boolean;
  isVersioned = false;

  constructor(name: string, { smallestPart = SMALLEST_PART, hasWholeEtags = false }: Whims) {
    this.name = name;
    this.#smallestPart = smallestPart;
    this.#hasWholeEtags = hasWholeEtags;
  }

  /** Sorted by bytes, as S3 lists them. */
  keys(): string[] {
    const live = [...this.#objects].filter(([, versions]) => versions[0]?.isDeletion === false);
    return live.map(([key]) => key).toSorted(byBytes);
  }

  /** Every version of every key, newest first within one. */
  versions(): { readonly key: string; readonly version: Version; readonly isLatest: boolean }[] {
    return [...this.#objects.keys()]
      .toSorted(byBytes)
      .flatMap((key) =>
        (this.#objects.get(key) ?? []).map((version, i) => ({ key, version, isLatest: i === 0 })),
      );
  }

  find(key: string, versionId?: string): Version | undefined {
    const versions = this.#objects.get(key) ?? [];
    const found =
      versionId === undefined ? versions[0] : versions.find((one) => one.versionId === versionId);
    return found?.isDeletion === true ? undefined : found;
  }

  get(key: string, versionId?: string): Version {
    const found = this.find(key, versionId);
    if (found === undefined) throw notFound("NoSuchKey");
    return found;
  }

  put(
    key: string,
    { bytes, headers = {}, checksums = new Map(), etag = etagOf(bytes) }: Given,
  ): Version {
    return this.#add(key, { bytes, headers, checksums, etag, isDeletion: false });
  }

  /** Returns the id of the delete marker that is now the newest version, or of the version that was deleted. */
  remove(key: string, versionId?: string): { versionId?: string; isDeletion: boolean } {
    if (versionId !== undefined) {
      const versions = this.#objects.get(key) ?? [];
      const gone = versions.find((one) => one.versionId === versionId);
      this.#objects.set(
        key,
        versions.filter((one) => one !== gone),
      );
      return { versionId, isDeletion: gone?.isDeletion === true };
    }
    if (!this.isVersioned) {
      this.#objects.delete(key);
      return { isDeletion: false };
    }
    const none = { bytes: Buffer.alloc(0), headers: {}, checksums: new Map(), etag: "" };
    return { versionId: this.#add(key, { ...none, isDeletion: true }).versionId, isDeletion: true };
  }

  upload(uploadId: string): Upload {
    const found = this.uploads.get(uploadId);
    if (found === undefined) throw notFound("NoSuchUpload");
    return found;
  }

  startUpload(key: string, headers: Readonly<Record<string, string>>, algorithm: string): Upload {
    const upload = {
      uploadId: randomUUID(),
      key,
      startedAt: new Date(),
      headers,
      algorithm,
      parts: new Map(),
    };
    this.uploads.set(upload.uploadId, upload);
    return upload;
  }

  /** Joins the named parts in order. */
  complete(uploadId: string, wanted: readonly NamedPart[]): Version {
    const { key, parts, headers } = this.upload(uploadId);
    const chosen = wanted.map(({ number, etag, crc32 }) => {
      const part = parts.get(number);
      const isOther = crc32 !== undefined && part?.checksums.get("crc32") !== crc32;
      if (part === undefined || part.etag !== etag || isOther)
        throw new S3Fault(
          400,
          "InvalidPart",
          "One or more of the specified parts could not be found.",
        );
      return part;
    });
    if (wanted.some(({ number }, i) => i > 0 && number <= (wanted[i - 1]?.number ?? 0)))
      throw new S3Fault(400, "InvalidPartOrder", "The list of parts was not in ascending order.");
    if (chosen.slice(0, -1).some(({ bytes }) => bytes.length < this.#smallestPart))
      throw new S3Fault(
        400,
        "EntityTooSmall",
        "Your proposed upload is smaller than the minimum allowed size",
      );
    const hashes = Buffer.concat(chosen.map(({ etag }) => Buffer.from(etag, "hex")));
    this.uploads.delete(uploadId);
    const bytes = Buffer.concat(chosen.map((part) => part.bytes));
    return this.put(key, {
      bytes,
      headers,
      etag: this.#hasWholeEtags ? etagOf(bytes) : `${etagOf(hashes)}-${chosen.length}`,
      checksums: composite(chosen),
    });
  }

  #add(key: string, given: Omit<Version, "versionId" | "modifiedAt">): Version {
    const versionId = this.isVersioned ? randomUUID() : "null";
    const version = { ...given, versionId, modifiedAt: new Date() };
    const former = this.#objects.get(key) ?? [];
    this.#objects.set(key, this.isVersioned ? [version, ...former] : [version]);
    return version;
  }
}

/** The checksum of the parts' checksums, followed by their number. */
function composite(parts: readonly Part[]): ReadonlyMap<string, string> {
  const sums = parts.map(({ checksums }) => checksums.get("crc32"));
  if (sums.length === 0 || sums.includes(undefined)) return new Map();
  const joined = Buffer.concat(sums.map((sum) => Buffer.from(sum ?? "", "base64")));
  return new Map([["crc32", `${crc32Of(joined)}-${parts.length}`]]);
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
