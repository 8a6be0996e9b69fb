import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTlsServer } from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import type { KeyPair } from "../certificates.ts";
import { readBody } from "./body.ts";
import { notFound, S3Fault } from "./fault.ts";
import { Bucket } from "./objects.ts";
import { answer, type Answer, type Asked } from "./operations.ts";
import { checkSignature } from "./signature.ts";
import { xml } from "./xml.ts";

/** One request, as recorded for tests. */
export interface S3Request {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  /** Of the body as received. */
  readonly bytes: number;
  /** The requested range of an object. */
  readonly range: string | undefined;
  /** The signature's statement about the body: its SHA-256, or a word for none. */
  readonly signedBody: string | undefined;
}

/** A fault that affects the requests that `hits` selects, `times` times. */
export interface Trouble {
  readonly hits: (request: S3Request) => boolean;
  /** Always, if absent. */
  times?: number;
  readonly does:
    | { readonly kind: "reset" }
    /** The connection breaks after this many bytes of the answer. */
    | { readonly kind: "cut"; readonly afterBytes: number }
    | {
        readonly kind: "refuse";
        readonly status: number;
        readonly code: string;
        readonly message?: string;
      }
    /** A refusal with status 200, as the completion of a multipart upload may send. */
    | { readonly kind: "refuse in 200"; readonly code: string }
    /** One received byte is stored as another. */
    | { readonly kind: "corrupt" }
    | {
        readonly kind: "redirect";
        readonly to: string;
        readonly region?: string;
        /** 301 if absent. */
        readonly status?: number;
      }
    | { readonly kind: "wait"; readonly ms: number };
}

export interface S3ServerOptions {
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly region?: string;
  /** How far its clock is ahead of ours. */
  readonly skewMs?: number;
  /** The minimum size of a part except the last; 5 MiB at AWS. */
  readonly smallestPart?: number;
  /** An ETag is the object's MD5 even after a multipart upload, as with rclone. */
  readonly hasWholeEtags?: boolean;
  readonly port?: number;
  /** Uses TLS with this certificate. */
  readonly tls?: KeyPair;
  /** Called with every piece of a body that arrives, and awaited. */
  readonly onPiece?: (bytes: number) => Promise<void> | void;
}

/**
 * A fake S3 service in memory, over real sockets, with the operations that Darkroom uses. It checks signatures, hashes,
 * clocks and regions; buckets are addressed by path, or as a subdomain of `localhost`.
 */
export class S3Server implements AsyncDisposable {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
  readonly #server: Server;
  readonly #options: S3ServerOptions;
  readonly #buckets = new Map<string, Bucket>();
  /** Every request, oldest first. */
  readonly requests: S3Request[] = [];
  readonly troubles: Trouble[] = [];

  private constructor(options: S3ServerOptions) {
    this.#options = options;
    this.accessKey = options.accessKey ?? "darkroom";
    this.secretKey = options.secretKey ?? "darkroomsecret";
    this.region = options.region ?? "us-east-1";
    const serve: RequestListener = (request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    };
    const { tls } = options;
    this.#server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  }

  static async start(options: S3ServerOptions = {}): Promise<S3Server> {
    const fake = new S3Server(options);
    fake.#server.listen(options.port ?? 0, "127.0.0.1");
    await once(fake.#server, "listening");
    return fake;
  }

  get port(): number {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server that listens on a port has one.
    return (this.#server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `${this.#options.tls === undefined ? "http" : "https"}://127.0.0.1:${this.port}`;
  }

  /** A bucket by name, created if it does not exist. */
  bucket(name: string): Bucket {
    const bucket = this.#buckets.get(name) ?? new Bucket(name, this.#options);
    this.#buckets.set(name, bucket);
    return bucket;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await this.#bodyOf(message);
    const { method = "GET", url = "/" } = message;
    const address = new URL(`http://host${url.startsWith("/") ? url : `/${url}`}`);
    const [bucket = "", ...rest] = placeOf(message, url);
    const key = rest.join("/");
    const { range, "x-amz-content-sha256": signed } = message.headers;
    const signedBody = signed?.toString();
    const { searchParams: query } = address;
    const request = { method, bucket, key, query, bytes: raw.length, range, signedBody };
    this.requests.push(request);
    const trouble = this.#troubleOf(request);
    if (trouble?.kind === "wait") await pause(trouble.ms);
    if (trouble?.kind === "reset") return void message.socket.resetAndDestroy();
    const reply = this.#answer({ message, request, raw, trouble });
    response.setHeader("date", new Date(this.#now()).toUTCString());
    send(response, {
      method,
      reply,
      cutAfter: trouble?.kind === "cut" ? trouble.afterBytes : undefined,
    });
  }

  async #bodyOf(message: IncomingMessage): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of message as AsyncIterable<Buffer>) {
      pieces.push(piece);
      await this.#options.onPiece?.(piece.length);
    }
    return Buffer.concat(pieces);
  }

  #troubleOf(request: S3Request): Trouble["does"] | undefined {
    const trouble = this.troubles.find(({ hits, times = 1 }) => times > 0 && hits(request));
    if (trouble?.times !== undefined) trouble.times--;
    return trouble?.does;
  }

  #answer({ message, request, raw, trouble }: Arrived): Answer {
    const spoilt = trouble && troubledAnswer(trouble);
    if (spoilt !== undefined) return spoilt;
    try {
      this.#checkSignature(message);
      const body = readBody(raw, message.headers);
      if (trouble?.kind === "corrupt") body.bytes.writeUInt8(body.bytes.readUInt8(0) ^ 1, 0);
      return this.#perform({ ...request, headers: message.headers, body });
    } catch (error) {
      if (error instanceof S3Fault) return refusal(error);
      throw error;
    }
  }

  #perform({ bucket, ...rest }: Omit<Asked, "bucket" | "bucketNamed"> & S3Request): Answer {
    const { method, key, query } = rest;
    if (bucket === "") return this.#listBuckets();
    if (key === "" && method === "PUT" && query.size === 0) return this.#create(bucket);
    const bucketNamed = (name: string): Bucket => this.#named(name);
    return answer({ ...rest, bucket: bucketNamed(bucket), bucketNamed });
  }

  #checkSignature({ method = "GET", url = "/", headers }: IncomingMessage): void {
    const { accessKey, secretKey, region } = this;
    const now = (): number => this.#now();
    checkSignature({ method, url, headers }, { accessKey, secretKey, region, now });
  }

  #now(): number {
    return Date.now() + (this.#options.skewMs ?? 0);
  }

  #named(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw notFound("NoSuchBucket");
    return bucket;
  }

  #listBuckets(): Answer {
    const buckets = [...this.#buckets.values()].map(({ name, createdAt }) => ({
      Name: name,
      CreationDate: createdAt.toISOString(),
    }));
    const content = { Owner: { ID: "owner" }, Buckets: { Bucket: buckets } };
    return { status: 200, body: xml("ListAllMyBucketsResult", content) };
  }

  #create(name: string): Answer {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name))
      throw new S3Fault(400, "InvalidBucketName", "The specified bucket is not valid.");
    if (this.#buckets.has(name))
      throw new S3Fault(
        409,
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
      );
    this.bucket(name);
    return { status: 200, headers: { location: `/${name}` } };
  }
}

/** The fake, in the form that the suite of S3 operations uses for any service. */
export async function startFakeService() {
  const server = await S3Server.start();
  const { origin: endpoint, accessKey, secretKey } = server;
  return { endpoint, accessKey, secretKey, stop: () => server.close() };
}

interface Arrived {
  readonly message: IncomingMessage;
  readonly request: S3Request;
  readonly raw: Buffer;
  readonly trouble: Trouble["does"] | undefined;
}

/** The answer to a troubled request, if it replaces the real one. */
function troubledAnswer(trouble: Trouble["does"]): Answer | undefined {
  const { kind } = trouble;
  if (kind === "refuse") {
    return refusal(new S3Fault(trouble.status, trouble.code, trouble.message ?? trouble.code));
  }
  if (kind === "refuse in 200") return refusal(new S3Fault(200, trouble.code, trouble.code));
  return kind === "redirect" ? redirect(trouble) : undefined;
}

/** Bucket and key of an address: `/bucket/key`, or `/key` at `bucket.localhost`. */
function placeOf({ headers }: IncomingMessage, url: string): string[] {
  const [path = "/"] = url.split("?");
  const parts = path.slice(1).split("/").map(decodeURIComponent);
  const [, inFront] = /^(.+)\.localhost(?::\d+)?$/.exec(headers.host ?? "") ?? [];
  return inFront === undefined ? parts : [inFront, ...parts];
}

function refusal({ status, code, message, more }: S3Fault): Answer {
  const body = xml("Error", { Code: code, Message: message, ...more, RequestId: "0" });
  return { status, headers: { "content-type": "application/xml" }, body };
}

function redirect({
  to,
  region,
  status = 301,
}: Extract<Trouble["does"], { kind: "redirect" }>): Answer {
  const message =
    "The bucket you are attempting to access must be addressed using the specified endpoint.";
  const reply = refusal(
    new S3Fault(status, status === 301 ? "PermanentRedirect" : "TemporaryRedirect", message, {
      Endpoint: new URL(to).host,
    }),
  );
  return {
    ...reply,
    headers: {
      ...reply.headers,
      location: to,
      ...(region === undefined ? {} : { "x-amz-bucket-region": region }),
    },
  };
}

function send(
  response: ServerResponse,
  { method, reply, cutAfter }: { method: string; reply: Answer; cutAfter: number | undefined },
): void {
  const body = Buffer.from(reply.body ?? "");
  response.writeHead(reply.status, {
    server: "FakeS3",
    "x-amz-request-id": "0",
    ...(reply.status === 204 ? {} : { "content-length": String(body.length) }),
    ...reply.headers,
  });
  if (cutAfter !== undefined) {
    response.write(body.subarray(0, cutAfter), () => response.destroy());
    return;
  }
  response.end(method === "HEAD" ? undefined : body);
}
