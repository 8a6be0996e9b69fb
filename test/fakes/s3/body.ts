import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { S3Fault } from "./fault.ts";

/** A received body, without its framing. */
export interface Body {
  readonly bytes: Buffer;
  /** `crc32`, `sha256`, ... with the base64 that the client sent, in a header or after the body. */
  readonly checksums: ReadonlyMap<string, string>;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Reads a body, framed (`aws-chunked`) or not, and checks it against the hashes that came with it. */
export function readBody(raw: Buffer, headers: Headers): Body {
  const payload = String(headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD");
  const framed = payload.startsWith("STREAMING-") ? unframed(raw) : { bytes: raw, trailers: {} };
  const { bytes } = framed;
  if (
    /^[0-9a-f]{64}$/.test(payload) &&
    createHash("sha256").update(bytes).digest("hex") !== payload
  )
    throw new S3Fault(
      400,
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  const md5 = headers["content-md5"];
  if (typeof md5 === "string" && createHash("md5").update(bytes).digest("base64") !== md5)
    throw new S3Fault(
      400,
      "BadDigest",
      "The Content-MD5 you specified did not match what we received.",
    );
  return { bytes, checksums: checkedSums(bytes, { ...headers, ...framed.trailers }) };
}

/** Chunks of `SIZE[;chunk-signature=...]\r\nBYTES\r\n`, the last of size 0, then headers. */
function unframed(raw: Buffer): { bytes: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = raw.indexOf("\r\n", at);
    const size = Number.parseInt(raw.toString("latin1", at, end), 16);
    if (end < 0 || !Number.isInteger(size))
      throw new S3Fault(
        400,
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header.",
      );
    at = end + 2;
    if (size === 0) break;
    chunks.push(raw.subarray(at, at + size));
    at += size + 2;
  }
  const lines = raw
    .toString("latin1", at)
    .split(/\r?\n/)
    .filter((line) => line.includes(":"));
  const trailers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return { bytes: Buffer.concat(chunks), trailers: Object.fromEntries(trailers) };
}

const SUMS: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
  crc32: crc32Of,
  sha1: (bytes) => createHash("sha1").update(bytes).digest("base64"),
  sha256: (bytes) => createHash("sha256").update(bytes).digest("base64"),
};

export function crc32Of(bytes: Uint8Array): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString("base64");
}

function checkedSums(bytes: Uint8Array, headers: Headers): ReadonlyMap<string, string> {
  const sums = new Map<string, string>();
  for (const [name, sum] of Object.entries(SUMS)) {
    const said = headers[`x-amz-checksum-${name}`];
    if (typeof said !== "string") continue;
    if (sum(bytes) !== said)
      throw new S3Fault(
        400,
        "BadDigest",
        `The ${name.toUpperCase()} you specified did not match the calculated checksum.`,
      );
    sums.set(name, said);
  }
  return sums;
}
