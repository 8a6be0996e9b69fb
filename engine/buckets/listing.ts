import { randomUUID } from "node:crypto";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { BucketFolder, BucketObject, ListPage, ListQuery } from "../contract/buckets.ts";
import { StudioError } from "../contract/errors.ts";
import type { Bucket } from "./bucket-client.ts";
import { pageDecoder } from "./listed-names.ts";

/** The most that S3 lists in one request. */
const PAGE = 1000;

/** A search returns what it has after this many keys, so that a page never takes long. */
const SEARCHED = 20_000;

/** Sorting by anything but name needs the whole folder in memory. */
const MAX_SORTED = 200_000;

/** A listing with more pages does not end. */
const MAX_PAGES = 10_000;

export interface KeysQuery {
  readonly prefix: string;
  /** Whether subfolders are listed as such, rather than everything below the prefix. */
  readonly isFlat: boolean;
  readonly after?: string | undefined;
  readonly limit?: number;
}

export interface KeysPage {
  readonly folders: readonly BucketFolder[];
  readonly objects: readonly BucketObject[];
  readonly after: string | undefined;
}

/** One page as S3 lists it, sorted by the keys' bytes. */
export async function keysPage(
  bucket: Bucket,
  { prefix, isFlat, after, limit = PAGE }: KeysQuery,
  signal?: AbortSignal,
): Promise<KeysPage> {
  const { client, name } = bucket;
  const reply = await client.send(
    new ListObjectsV2Command({
      Bucket: name,
      Prefix: prefix,
      MaxKeys: Math.min(limit, PAGE),
      // Keys can contain characters that XML cannot.
      EncodingType: "url",
      ...(isFlat && { Delimiter: "/" }),
      ...(after !== undefined && { ContinuationToken: after }),
    }),
    { what: "listing its objects", bucket: name },
    { signal },
  );
  const next = reply.IsTruncated === true ? reply.NextContinuationToken : undefined;
  if (next !== undefined && next === after) {
    throw new StudioError("BUCKET_REPLY_INVALID", {
      host: client.host,
      reason: "its list does not end: a page names itself as the next one",
    });
  }
  const decode = await pageDecoder(bucket, reply, signal);
  return {
    folders: (reply.CommonPrefixes ?? []).map(({ Prefix = "" }) => folder(decode(Prefix), prefix)),
    objects: (reply.Contents ?? []).map((object) => ({
      key: decode(object.Key ?? ""),
      name: decode(object.Key ?? "").slice(prefix.length),
      bytes: object.Size ?? 0,
      modifiedAt: isoOf(object.LastModified),
      etag: object.ETag?.replaceAll('"', ""),
      storageClass: object.StorageClass,
    })),
    after: next,
  };
}

/** All pages below a prefix, one after the other. */
export async function* pagesOf(
  bucket: Bucket,
  query: Omit<KeysQuery, "after">,
  signal?: AbortSignal,
): AsyncGenerator<KeysPage> {
  let after: string | undefined;
  for (let count = 0; count < MAX_PAGES; count++) {
    const page = await keysPage(bucket, { ...query, after }, signal);
    yield page;
    after = page.after;
    if (after === undefined) return;
  }
  const reason = `its list does not end after ${MAX_PAGES} pages`;
  throw new StudioError("BUCKET_REPLY_INVALID", { host: bucket.client.host, reason });
}

function folder(whole: string, prefix: string): BucketFolder {
  return { prefix: whole, name: whole.slice(prefix.length, -1) };
}

export function isoOf(date: Date | undefined): string | undefined {
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** A complete, sorted listing, kept for the following pages. */
interface Sorted {
  readonly page: Omit<ListPage, "after" | "seen">;
  readonly seen: number;
}

/** Number of listings kept; each can have a hundred thousand rows. */
const MAX_KEPT = 2;

/** Pages of listings. */
export class Listings {
  readonly #sorted = new Map<string, Sorted>();

  async page(bucket: Bucket, query: ListQuery, signal?: AbortSignal): Promise<ListPage> {
    if (query.sortBy === "name" && !query.isDescending) return this.#inOrder(bucket, query, signal);
    const [id = "", from = "0"] = query.after?.split(":") ?? [];
    const kept = this.#sorted.get(id);
    if (query.after !== undefined && kept === undefined) {
      throw new StudioError("NOT_FOUND", { what: "listing", id: "that" });
    }
    const sorted = kept ?? (await this.#sort(bucket, query, signal));
    const name = kept === undefined ? this.#keep(sorted) : id;
    return slice(sorted, Number(from), query.limit, name);
  }

  /** Collects pages of S3 until there are enough rows. */
  async #inOrder(bucket: Bucket, query: ListQuery, signal?: AbortSignal): Promise<ListPage> {
    const { prefix, search = "", isRecursive, limit } = query;
    const isWanted = matcher(search, prefix);
    const isFlat = !isRecursive && search === "";
    const folders: BucketFolder[] = [];
    const objects: BucketObject[] = [];
    let { after } = query;
    let seen = 0;
    do {
      const left = limit - folders.length - objects.length;
      const page = await keysPage(
        bucket,
        { prefix, isFlat, after, limit: search === "" ? left : PAGE },
        signal,
      );
      folders.push(...page.folders);
      objects.push(...page.objects.filter(isWanted));
      seen += page.folders.length + page.objects.length;
      after = page.after;
    } while (after !== undefined && folders.length + objects.length < limit && seen < SEARCHED);
    return { folders, objects, seen, ...(after !== undefined && { after }) };
  }

  async #sort(bucket: Bucket, query: ListQuery, signal?: AbortSignal): Promise<Sorted> {
    const { prefix, search = "", isRecursive } = query;
    const isWanted = matcher(search, prefix);
    const folders: BucketFolder[] = [];
    const objects: BucketObject[] = [];
    let seen = 0;
    const isFlat = !isRecursive && search === "";
    for await (const page of pagesOf(bucket, { prefix, isFlat }, signal)) {
      folders.push(...page.folders);
      objects.push(...page.objects.filter(isWanted));
      seen += page.folders.length + page.objects.length;
      if (seen > MAX_SORTED) throw tooMany();
    }
    objects.sort(orderBy(query));
    if (query.sortBy === "name") folders.reverse();
    return { page: { folders, objects }, seen };
  }

  #keep(sorted: Sorted): string {
    const id = randomUUID();
    this.#sorted.set(id, sorted);
    for (const old of [...this.#sorted.keys()].slice(0, -MAX_KEPT)) this.#sorted.delete(old);
    return id;
  }
}

/** Folders come first. */
function slice({ page, seen }: Sorted, from: number, limit: number, id: string): ListPage {
  const folders = page.folders.slice(from, from + limit);
  const start = Math.max(0, from - page.folders.length);
  const objects = page.objects.slice(start, start + limit - folders.length);
  const next = from + folders.length + objects.length;
  const isLast = next >= page.folders.length + page.objects.length;
  return { folders, objects, seen, ...(!isLast && { after: `${id}:${next}` }) };
}

/** Which objects are shown: not the folder's own marker, and in a search only matching names. */
function matcher(search: string, prefix: string): (object: BucketObject) => boolean {
  const wanted = search.toLowerCase();
  return ({ key, name, bytes }) =>
    !(key === prefix && bytes === 0) && name.toLowerCase().includes(wanted);
}

function orderBy({ sortBy, isDescending }: ListQuery) {
  const sign = isDescending ? -1 : 1;
  return (a: BucketObject, b: BucketObject): number => {
    const [left, right] = [a[sortBy] ?? "", b[sortBy] ?? ""];
    if (left !== right) return left < right ? -sign : sign;
    return a.key < b.key ? -1 : 1;
  };
}

function tooMany(): StudioError {
  const reason = `only folders of up to ${MAX_SORTED} objects can be sorted like that`;
  return new StudioError("REQUEST_INVALID", { field: "The order", value: "this", reason });
}
