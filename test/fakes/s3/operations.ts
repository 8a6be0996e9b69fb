import { etagOf, type Bucket, type Upload, type Version } from "./objects.ts";
import type { Body } from "./body.ts";
import { notFound, S3Fault } from "./fault.ts";
import { elements, unescape, xml, type Elements } from "./xml.ts";

/** One request to a bucket or an object in it, with signature and body checked. */
export interface Asked {
  readonly method: string;
  readonly bucket: Bucket;
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Body;
  /** Finds the source bucket of a copy. */
  readonly bucketNamed: (name: string) => Bucket;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** S3's answer, for the operations that Darkroom uses. */
export function answer(asked: Asked): Answer {
  const { method, key, query } = asked;
  const [table, name] =
    key === "" ? ([OF_BUCKETS, "bucket"] as const) : ([OF_OBJECTS, "object"] as const);
  const part = PARTS.find((one) => query.has(one));
  const operation = table[part === undefined ? method : `${method} ${part}`];
  if (operation !== undefined) return operation(asked);
  throw new S3Fault(
    501,
    "NotImplemented",
    `${method} of ${part ?? "the whole"} of a ${name} is not implemented`,
  );
}

/** Query parameters that mean a part of a bucket or an object rather than the thing itself. */
const PARTS = ["versioning", "versions", "uploads", "uploadId", "delete"] as const;

type Operations = Readonly<Record<string, (asked: Asked) => Answer>>;

const OF_BUCKETS: Operations = {
  HEAD: () => ({ status: 200 }),
  GET: listObjects,
  "GET versioning": ({ bucket }) =>
    document("VersioningConfiguration", bucket.isVersioned ? { Status: "Enabled" } : {}),
  "PUT versioning": ({ bucket, body }) => {
    bucket.isVersioned = elements(body.bytes.toString(), "Status")[0] === "Enabled";
    return { status: 200 };
  },
  "GET versions": listVersions,
  "GET uploads": listUploads,
  "POST delete": removeMany,
};

const OF_OBJECTS: Operations = {
  HEAD: read,
  GET: read,
  PUT: (asked) => (asked.headers["x-amz-copy-source"] === undefined ? write(asked) : copy(asked)),
  DELETE: removeOne,
  "POST uploads": startUpload,
  "PUT uploadId": putPart,
  "GET uploadId": listParts,
  "POST uploadId": complete,
  "DELETE uploadId": abort,
};

function document(name: string, content: Elements): Answer {
  return {
    status: 200,
    headers: { "content-type": "application/xml" },
    body: xml(name, content),
  };
}

const MOST_KEYS = 1000;

interface Entry {
  readonly key: string;
  readonly isFolder: boolean;
}

/** Keys below a prefix and after one, those with a further delimiter as one folder; one more than requested. */
function entriesOf(keys: readonly string[], query: URLSearchParams, after: string): Entry[] {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const most = Math.min(MOST_KEYS, Number(query.get("max-keys") ?? MOST_KEYS));
  const found: Entry[] = [];
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const entry = end < 0 ? key : key.slice(0, end + delimiter.length);
    if (isBefore(entry, after) || found.at(-1)?.key === entry) continue;
    found.push({ key: entry, isFolder: end >= 0 });
    if (found.length > most) break;
  }
  return found;
}

function isBefore(entry: string, after: string): boolean {
  return after !== "" && Buffer.compare(Buffer.from(entry), Buffer.from(after)) <= 0;
}

function listObjects({ bucket, query }: Asked): Answer {
  const token = query.get("continuation-token");
  const after =
    token === null ? (query.get("start-after") ?? "") : Buffer.from(token, "base64url").toString();
  const most = Math.min(MOST_KEYS, Number(query.get("max-keys") ?? MOST_KEYS));
  const all = entriesOf(bucket.keys(), query, after);
  const page = all.slice(0, most);
  const write = nameWriter(query);
  const last = page.at(-1)?.key ?? "";
  return document("ListBucketResult", {
    Name: bucket.name,
    Prefix: write(query.get("prefix") ?? ""),
    Delimiter: query.get("delimiter") ?? undefined,
    EncodingType: query.get("encoding-type") ?? undefined,
    MaxKeys: most,
    KeyCount: page.length,
    IsTruncated: all.length > most,
    NextContinuationToken: all.length > most ? Buffer.from(last).toString("base64url") : undefined,
    Contents: page
      .filter(({ isFolder }) => !isFolder)
      .map(({ key }) => ({ Key: write(key), ...summaryOf(bucket.get(key)) })),
    CommonPrefixes: page
      .filter(({ isFolder }) => isFolder)
      .map(({ key }) => ({ Prefix: write(key) })),
  });
}

function nameWriter(query: URLSearchParams): (name: string) => string {
  if (query.get("encoding-type") !== "url") return (name) => name;
  return (name) => encodeURIComponent(name).replaceAll("%2F", "/").replaceAll("%20", "+");
}

function summaryOf({ bytes, etag, modifiedAt }: Version): Elements {
  return {
    LastModified: modifiedAt.toISOString(),
    ETag: `"${etag}"`,
    Size: bytes.length,
    StorageClass: "STANDARD",
  };
}

function listVersions({ bucket, query }: Asked): Answer {
  const prefix = query.get("prefix") ?? "";
  const write = nameWriter(query);
  const most = Math.min(MOST_KEYS, Number(query.get("max-keys") ?? MOST_KEYS));
  const all = bucket.versions().filter(({ key }) => key.startsWith(prefix));
  const marker = query.get("version-id-marker");
  const from =
    marker === null ? 0 : 1 + all.findIndex(({ version }) => version.versionId === marker);
  const page = all.slice(from, from + most);
  const isTruncated = from + most < all.length;
  const element = ({ key, version, isLatest }: (typeof all)[number]): Elements => ({
    Key: write(key),
    VersionId: version.versionId,
    IsLatest: isLatest,
    ...(version.isDeletion
      ? { LastModified: version.modifiedAt.toISOString() }
      : summaryOf(version)),
  });
  return document("ListVersionsResult", {
    Name: bucket.name,
    Prefix: write(prefix),
    EncodingType: query.get("encoding-type") ?? undefined,
    MaxKeys: most,
    IsTruncated: isTruncated,
    NextKeyMarker: isTruncated ? write(page.at(-1)?.key ?? "") : undefined,
    NextVersionIdMarker: isTruncated ? page.at(-1)?.version.versionId : undefined,
    Version: page.filter(({ version }) => !version.isDeletion).map(element),
    DeleteMarker: page.filter(({ version }) => version.isDeletion).map(element),
  });
}

function listUploads({ bucket, query }: Asked): Answer {
  const prefix = query.get("prefix") ?? "";
  const write = nameWriter(query);
  const found = [...bucket.uploads.values()].filter(({ key }) => key.startsWith(prefix));
  return document("ListMultipartUploadsResult", {
    Bucket: bucket.name,
    EncodingType: query.get("encoding-type") ?? undefined,
    IsTruncated: false,
    Upload: found.map(({ key, uploadId, startedAt }) => ({
      Key: write(key),
      UploadId: uploadId,
      Initiated: startedAt.toISOString(),
    })),
  });
}

function removeMany({ bucket, body }: Asked): Answer {
  const wanted = elements(body.bytes.toString(), "Object").map((object) => ({
    key: unescape(elements(object, "Key")[0] ?? ""),
    versionId: elements(object, "VersionId")[0],
  }));
  if (wanted.length > MOST_KEYS)
    throw new S3Fault(400, "MalformedXML", "The XML you provided was not well-formed");
  return document("DeleteResult", {
    Deleted: wanted.map(({ key, versionId }) => {
      const gone = bucket.remove(key, versionId);
      if (versionId !== undefined) return { Key: key, VersionId: versionId };
      return gone.isDeletion
        ? { Key: key, DeleteMarker: true, DeleteMarkerVersionId: gone.versionId }
        : { Key: key };
    }),
  });
}

/** Headers that are stored with an object and returned with it. */
function keptHeaders(headers: Asked["headers"]): Record<string, string> {
  const kept = Object.entries(headers).filter(
    ([name]) => name === "content-type" || name.startsWith("x-amz-meta-"),
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

const sumHeaders = (sums: ReadonlyMap<string, string>): Record<string, string> =>
  Object.fromEntries([...sums].map(([name, sum]) => [`x-amz-checksum-${name}`, sum]));

function write({ bucket, key, headers, body }: Asked): Answer {
  if (Buffer.byteLength(key) > 1024)
    throw new S3Fault(400, "KeyTooLongError", "Your key is too long");
  if (headers["if-none-match"] === "*" && bucket.find(key) !== undefined)
    throw new S3Fault(
      412,
      "PreconditionFailed",
      "At least one of the pre-conditions you specified did not hold",
    );
  const made = bucket.put(key, { ...body, headers: keptHeaders(headers) });
  return {
    status: 200,
    headers: {
      etag: `"${made.etag}"`,
      ...versionHeader(bucket, made),
      ...sumHeaders(made.checksums),
    },
  };
}

function versionHeader({ isVersioned }: Bucket, { versionId }: Version): Record<string, string> {
  return isVersioned ? { "x-amz-version-id": versionId } : {};
}

function copy({ bucket, key, headers, bucketNamed }: Asked): Answer {
  const source = decodeURIComponent(String(headers["x-amz-copy-source"])).replace(/^\//, "");
  const [path = "", versionId] = source.split("?versionId=");
  const slash = path.indexOf("/");
  const from = bucketNamed(path.slice(0, slash)).get(path.slice(slash + 1), versionId);
  const made = bucket.put(key, from);
  return document("CopyObjectResult", {
    ETag: `"${made.etag}"`,
    LastModified: made.modifiedAt.toISOString(),
  });
}

function read({ method, bucket, key, query, headers }: Asked): Answer {
  const found = bucket.get(key, query.get("versionId") ?? undefined);
  const { bytes, etag, modifiedAt } = found;
  const wanted = headers["if-match"];
  if (typeof wanted === "string" && wanted.replaceAll('"', "") !== etag)
    throw new S3Fault(
      412,
      "PreconditionFailed",
      "At least one of the pre-conditions you specified did not hold",
    );
  const range = rangeOf(headers["range"], bytes.length);
  const isWhole = range === undefined;
  const { first, last } = range ?? { first: 0, last: bytes.length - 1 };
  return {
    status: isWhole ? 200 : 206,
    headers: {
      "content-type": "binary/octet-stream",
      ...found.headers,
      etag: `"${etag}"`,
      "last-modified": modifiedAt.toUTCString(),
      "accept-ranges": "bytes",
      "content-length": String(last - first + 1),
      ...(isWhole ? {} : { "content-range": `bytes ${first}-${last}/${bytes.length}` }),
      ...versionHeader(bucket, found),
      ...(headers["x-amz-checksum-mode"] === "ENABLED" && isWhole
        ? sumHeaders(found.checksums)
        : {}),
    },
    ...(method === "HEAD" ? {} : { body: bytes.subarray(first, last + 1) }),
  };
}

function rangeOf(
  header: string | string[] | undefined,
  length: number,
): { first: number; last: number } | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(String(header ?? "")) ?? [];
  if (from === "" && to === "") return undefined;
  const first = from === "" ? Math.max(0, length - Number(to)) : Number(from);
  if (first >= length)
    throw new S3Fault(416, "InvalidRange", "The requested range is not satisfiable");
  return { first, last: from === "" || to === "" ? length - 1 : Math.min(length - 1, Number(to)) };
}

function startUpload({ bucket, key, headers }: Asked): Answer {
  const algorithm = String(headers["x-amz-checksum-algorithm"] ?? "").toLowerCase();
  const { uploadId } = bucket.startUpload(key, keptHeaders(headers), algorithm);
  return document("InitiateMultipartUploadResult", {
    Bucket: bucket.name,
    Key: key,
    UploadId: uploadId,
  });
}

function uploadOf({ bucket, key, query }: Asked): Upload {
  const upload = bucket.upload(query.get("uploadId") ?? "");
  if (upload.key !== key) throw notFound("NoSuchUpload");
  return upload;
}

function putPart(asked: Asked): Answer {
  const number = Number(asked.query.get("partNumber"));
  if (!Number.isInteger(number) || number < 1 || number > 10_000)
    throw new S3Fault(
      400,
      "InvalidArgument",
      "Part number must be an integer between 1 and 10000, inclusive",
    );
  const { bytes, checksums } = asked.body;
  const { parts, algorithm } = uploadOf(asked);
  const etag = etagOf(bytes);
  // Like VersityGW: a checksum that was not announced is checked and returned, but not stored.
  const stored = new Map([...checksums].filter(([name]) => name === algorithm));
  parts.set(number, { bytes, etag, modifiedAt: new Date(), checksums: stored });
  return { status: 200, headers: { etag: `"${etag}"`, ...sumHeaders(checksums) } };
}

function abort(asked: Asked): Answer {
  asked.bucket.uploads.delete(uploadOf(asked).uploadId);
  return { status: 204 };
}

function complete(asked: Asked): Answer {
  const { bucket, key, body } = asked;
  const parts = elements(body.bytes.toString(), "Part").map((part) => ({
    number: Number(elements(part, "PartNumber")[0]),
    etag: unescape(elements(part, "ETag")[0] ?? "").replaceAll('"', ""),
    crc32: elements(part, "ChecksumCRC32")[0],
  }));
  const { etag, checksums } = bucket.complete(uploadOf(asked).uploadId, parts);
  return document("CompleteMultipartUploadResult", {
    Bucket: bucket.name,
    Key: key,
    ETag: `"${etag}"`,
    ChecksumCRC32: checksums.get("crc32"),
  });
}

function removeOne({ bucket, key, query }: Asked): Answer {
  const { versionId, isDeletion } = bucket.remove(key, query.get("versionId") ?? undefined);
  return {
    status: 204,
    headers: {
      ...(versionId === undefined ? {} : { "x-amz-version-id": versionId }),
      ...(isDeletion ? { "x-amz-delete-marker": "true" } : {}),
    },
  };
}

function listParts(asked: Asked): Answer {
  const { bucket, key, query } = asked;
  const { uploadId, parts } = uploadOf(asked);
  const after = Number(query.get("part-number-marker") ?? 0);
  const most = Math.min(MOST_KEYS, Number(query.get("max-parts") ?? MOST_KEYS));
  const sorted = [...parts].toSorted(([a], [b]) => a - b);
  const rest = sorted.filter(([number]) => number > after);
  const page = rest.slice(0, most);
  return document("ListPartsResult", {
    Bucket: bucket.name,
    Key: key,
    UploadId: uploadId,
    PartNumberMarker: after,
    NextPartNumberMarker: page.at(-1)?.[0] ?? after,
    MaxParts: most,
    IsTruncated: rest.length > most,
    Part: page.map(([number, { bytes, etag, modifiedAt, checksums }]) => ({
      PartNumber: number,
      LastModified: modifiedAt.toISOString(),
      ETag: `"${etag}"`,
      Size: bytes.length,
      ChecksumCRC32: checksums.get("crc32"),
    })),
  });
}
