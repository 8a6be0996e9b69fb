import type {
  GetObjectCommand,
  S3Client,
  ServiceInputTypes,
  ServiceOutputTypes,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { z } from "zod";
import type { ConnectionFindings } from "../contract/buckets.ts";
import { StudioError } from "../contract/errors.ts";
import { withoutKeys, type BucketKeys } from "./bucket-keys.ts";
import {
  bucketRefusal,
  errorReply,
  regionIn,
  type Asked,
  type ErrorReply,
} from "./bucket-refusal.ts";
import type { KeptConnection } from "./connection-file.ts";
import { openS3Client, type Timing } from "./s3-client.ts";
import { awsEndpoint, isAws, readEndpoint, regionOf } from "./service-address.ts";

/** A bucket and the client of its service. */
export interface Bucket {
  readonly client: BucketClient;
  readonly name: string;
  /** Whether the bucket keeps versions, so that deletions can be undone; undefined until it was checked. */
  readonly isVersioned: boolean | undefined;
}

/** Accepted by most services other than AWS. */
const DEFAULT_REGION = "us-east-1";

export interface BucketClientOptions {
  readonly connection: KeptConnection;
  readonly keys: BucketKeys;
  readonly timing: Timing;
  /** Called with what was found out about the service, to be stored. */
  readonly onFound: (found: ConnectionFindings) => void;
  readonly now: () => Date;
}

export interface SendOptions {
  readonly signal?: AbortSignal | undefined;
  /** Time limit until the reply's headers arrive; 0 for none, other than the limit between pieces. */
  readonly replyMs?: number;
  /** The SHA-256 of the body, hexadecimal, to sign; ignored where `signsBodies` is false. */
  readonly bodySha256?: string;
}

/** Replaces the body's hash in a signature that does not cover it. */
const UNSIGNED = "UNSIGNED-PAYLOAD";

type Sent<I extends ServiceInputTypes, O extends ServiceOutputTypes> = Parameters<
  typeof S3Client.prototype.send<I, O>
>[0];

/**
 * Speaks S3 with one service. Where `auto` was chosen, it learns the addressing style and the region from the first
 * refusal that names them, tries again, and stores them. It follows no other redirect, and its keys sign only for the
 * connection's own service, or for AWS's region of the bucket.
 */
export class BucketClient {
  readonly #options: BucketClientOptions;
  #found: ConnectionFindings;
  #client: S3Client;
  #server: string | undefined;

  constructor(options: BucketClientOptions) {
    this.#options = options;
    this.#found = options.connection.found;
    this.#client = this.#connect();
  }

  /** The server header, after the first reply. */
  get server(): string | undefined {
    return this.#server;
  }

  get host(): string {
    return this.#endpoint.host;
  }

  get region(): string {
    const { region } = this.#options.connection;
    return this.#found.region ?? region ?? regionOf(this.#endpoint) ?? DEFAULT_REGION;
  }

  /** Whether the bucket is part of the path rather than the host name. */
  get isPathStyle(): boolean {
    const { pathStyle } = this.#options.connection;
    if (pathStyle !== "auto") return pathStyle === "yes";
    return (this.#found.pathStyle ?? (isAws(this.#endpoint) ? "no" : "yes")) === "yes";
  }

  /** Whether every request has a checksum; undefined until it was found out. */
  get checksums(): ConnectionFindings["checksums"] {
    const { checksums } = this.#options.connection;
    return checksums === "auto" ? this.#found.checksums : checksums;
  }

  /** Whether the signature covers the body; with a verified certificate TLS protects it instead. */
  get signsBodies(): boolean {
    return this.#endpoint.protocol === "http:" || this.#options.connection.isInsecure;
  }

  /** Sends a command. Rejects with the signal's reason, or refuses as one of the BUCKET codes or OBJECT_NOT_FOUND. */
  async send<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
    command: Sent<I, O>,
    asked: Asked,
    { signal, replyMs = this.#options.timing.replyMs, bodySha256 }: SendOptions = {},
  ): Promise<O> {
    signal?.throwIfAborted();
    if (bodySha256 !== undefined) setBodyHash(command, this.signsBodies ? bodySha256 : UNSIGNED);
    const options = { requestTimeout: replyMs, ...(signal && { abortSignal: signal }) };
    try {
      return await this.#client.send(command, options);
    } catch (error) {
      signal?.throwIfAborted();
      if (this.#learnsFrom(error)) return this.send(command, asked, { signal, replyMs });
      throw this.#refusal(error, asked);
    }
  }

  /** A presigned address, usable by anyone who has it. */
  async sign(command: GetObjectCommand, seconds: number): Promise<string> {
    return getSignedUrl(this.#client, command, { expiresIn: seconds });
  }

  /** Stores the result of a trial. */
  remember(found: ConnectionFindings): void {
    this.#found = { ...this.#found, ...found };
    this.#client.destroy();
    this.#client = this.#connect();
    this.#options.onFound(this.#found);
  }

  /** Aborts what is still running. */
  close(): void {
    this.#client.destroy();
  }

  get #endpoint(): URL {
    return readEndpoint(this.#found.endpoint ?? this.#options.connection.endpoint);
  }

  #refusal(error: unknown, asked: Asked): unknown {
    const { keys, now } = this.#options;
    const { host, region } = this;
    const isVirtualHosted = !this.isPathStyle;
    const refusal = bucketRefusal(error, { ...asked, host, region, isVirtualHosted, now });
    if (refusal === undefined) return error;
    const details = Object.entries(refusal.details).map(([name, value]) => [
      name,
      typeof value === "string" ? withoutKeys(value, keys) : value,
    ]);
    return new StudioError(refusal.code, Object.fromEntries(details));
  }

  /** Whether an error contained something new about the service, so that another attempt may succeed. */
  #learnsFrom(error: unknown): boolean {
    const reply = errorReply(error);
    if (reply === undefined) return false;
    const found = { ...this.#regionFrom(reply), ...this.#pathStyleFrom(reply) };
    if (Object.keys(found).length === 0) return false;
    this.remember(found);
    return true;
  }

  #regionFrom(reply: ErrorReply): ConnectionFindings {
    const region = regionIn(reply);
    if (region === undefined || region === this.region || this.#found.region !== undefined)
      return {};
    const isOther = isAws(this.#endpoint) && this.#endpoint.href !== `${awsEndpoint(region)}/`;
    return { region, ...(isOther && { endpoint: awsEndpoint(region) }) };
  }

  #pathStyleFrom({ code }: ErrorReply): ConnectionFindings {
    const isFree = this.#options.connection.pathStyle === "auto";
    if (!isFree || this.#found.pathStyle !== undefined || !PATH_STYLE_CODES.has(code)) return {};
    return { pathStyle: this.isPathStyle ? "no" : "yes" };
  }

  #connect(): S3Client {
    const { connection, keys, timing } = this.#options;
    return openS3Client({
      connection,
      keys,
      timing,
      endpoint: this.#endpoint,
      region: this.region,
      isPathStyle: this.isPathStyle,
      checksums: this.checksums ?? "when-required",
      onServer: (server) => {
        this.#server = server;
      },
    });
  }
}

/** Sets the body's hash, so that the SDK does not hash it again while everything waits. */
function setBodyHash<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
  command: Sent<I, O>,
  hash: string,
): void {
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers } = requestSchema.parse(args.request);
      Object.assign(headers, { "x-amz-content-sha256": hash });
      return next(args);
    },
    { step: "build", name: "hash of the body", override: true },
  );
}

/** The request at that step of the SDK; its headers are the original object, not a copy. */
const requestSchema = z.object({ headers: z.instanceof(Object) });

const PATH_STYLE_CODES: ReadonlySet<string> = new Set([
  "SecondLevelDomainForbidden",
  "PathStyleRequestNotAllowed",
  "VirtualHostDomainRequired",
]);
