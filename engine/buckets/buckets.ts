import { randomUUID } from "node:crypto";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import type {
  BucketPlace,
  IncompleteUpload,
  ListPage,
  ListQuery,
  ObjectDetails,
  Removal,
  Removed,
} from "../contract/buckets.ts";
import { StudioError } from "../contract/errors.ts";
import { bucketNames } from "./check-connection.ts";
import type { Connections } from "./connections.ts";
import { abortUpload, incompleteUploads, type UploadName } from "./incomplete-uploads.ts";
import { Listings } from "./listing.ts";
import { objectDetails, objectLink, restoreVersion, type ObjectPlace } from "./objects.ts";
import { removeObjects, undoRemoval, type Deletion } from "./removal.ts";

/** Number of removals that can be undone. */
const MAX_UNDOS = 20;

interface Undo {
  readonly place: BucketPlace;
  readonly markers: readonly Deletion[];
}

/** The operations on buckets, by connection. */
export class Buckets {
  readonly #connections: Connections;
  readonly #now: () => Date;
  readonly #listings = new Listings();
  readonly #undos = new Map<string, Undo>();

  constructor(connections: Connections, now: () => Date = () => new Date()) {
    this.#connections = connections;
    this.#now = now;
  }

  async names(id: string, signal?: AbortSignal): Promise<string[]> {
    return bucketNames(await this.#connections.client(id), signal);
  }

  async create(connectionId: string, bucket: string, signal?: AbortSignal): Promise<void> {
    checkBucketName(bucket);
    const client = await this.#connections.client(connectionId);
    const asked = { what: "creating buckets", bucket };
    await client.send(new CreateBucketCommand({ Bucket: bucket }), asked, { signal });
  }

  async list(query: ListQuery, signal?: AbortSignal): Promise<ListPage> {
    return this.#listings.page(await this.#connections.bucket(query), query, signal);
  }

  async details(query: BucketPlace & ObjectPlace, signal?: AbortSignal): Promise<ObjectDetails> {
    return objectDetails(await this.#connections.bucket(query), query, signal);
  }

  async link(query: BucketPlace & ObjectPlace & { readonly seconds: number }) {
    const url = await objectLink(await this.#connections.bucket(query), query, query.seconds);
    const expiresAt = new Date(this.#now().getTime() + query.seconds * 1000).toISOString();
    return { url, expiresAt };
  }

  async remove(removal: Removal, signal?: AbortSignal): Promise<Removed> {
    const { markers, ...removed } = await removeObjects(
      await this.#connections.bucket(removal),
      removal,
      signal,
    );
    if (markers.length === 0 || markers.length < removed.count) return removed;
    const undo = randomUUID();
    const { connectionId, bucket } = removal;
    this.#undos.set(undo, { place: { connectionId, bucket }, markers });
    for (const old of [...this.#undos.keys()].slice(0, -MAX_UNDOS)) this.#undos.delete(old);
    return { ...removed, undo };
  }

  /** Undoes a removal. Refuses as NOT_FOUND after a restart; versions can then still be restored one by one. */
  async undo(id: string): Promise<void> {
    const undo = this.#undos.get(id);
    if (undo === undefined) throw new StudioError("NOT_FOUND", { what: "removal to undo", id });
    await undoRemoval(await this.#connections.bucket(undo.place), undo.markers);
    this.#undos.delete(id);
  }

  async restore(place: BucketPlace & Required<ObjectPlace>, signal?: AbortSignal): Promise<void> {
    await restoreVersion(await this.#connections.bucket(place), place, signal);
  }

  async incomplete(
    { prefix, ...place }: BucketPlace & { readonly prefix: string },
    signal?: AbortSignal,
  ): Promise<IncompleteUpload[]> {
    return incompleteUploads(await this.#connections.bucket(place), prefix, signal);
  }

  async abortIncomplete(
    place: BucketPlace,
    uploads: readonly UploadName[],
    signal?: AbortSignal,
  ): Promise<void> {
    const bucket = await this.#connections.bucket(place);
    for (const upload of uploads) await abortUpload(bucket, upload, signal);
  }
}

/** S3's rules, https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html. Refuses as BUCKET_NAME_INVALID. */
function checkBucketName(bucket: string): void {
  const reason = wrongName(bucket);
  if (reason !== undefined) throw new StudioError("BUCKET_NAME_INVALID", { bucket, reason });
}

function wrongName(bucket: string): string | undefined {
  if (bucket.length < 3) return "it is shorter than three letters";
  if (bucket.length > 63) return "it is longer than 63 letters";
  if (/[^a-z\d.-]/.test(bucket)) return "it holds a capital letter or another character";
  if (!/^[a-z\d].*[a-z\d]$/.test(bucket)) return "it begins or ends with a hyphen or a dot";
  if (bucket.includes("..")) return "two dots stand together";
  return /^\d+(\.\d+){3}$/.test(bucket) ? "it looks like an IP address" : undefined;
}
