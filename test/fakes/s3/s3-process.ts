import { createHash } from "node:crypto";
import { S3Server } from "./s3-server.ts";

/** A test's command to the service in its own process. */
export type S3Order =
  /** Receives this many more bytes; then it reads nothing more until the next limit. */
  | { readonly kind: "take"; readonly bytes: number }
  | { readonly kind: "report"; readonly key: string };

/** The service's messages. */
export type S3Said =
  | {
      readonly kind: "started";
      readonly endpoint: string;
      readonly accessKey: string;
      readonly secretKey: string;
    }
  /** The allowed number of bytes has arrived. */
  | { readonly kind: "full" }
  | S3Report;

export interface S3Report {
  readonly kind: "report";
  /** Of all bodies, including those that broke off. */
  readonly receivedBytes: number;
  /** Numbers of the parts that arrived completely, in order. */
  readonly parts: readonly number[];
  /** SHA-256 of the object, hexadecimal; undefined if there is none. */
  readonly sha256: string | undefined;
  readonly incomplete: number;
}

// The fake S3 service with a bucket `toys` as a separate process: it keeps running while hosts are killed, and receives
// no more than a test allows, so that no kill depends on speed.
const say = (said: S3Said): void => void process.send?.(said);
let [received, allowed] = [0, 0];
let opened = Promise.withResolvers<void>();
const server = await S3Server.start({
  smallestPart: 1,
  onPiece: async (bytes) => {
    received += bytes;
    if (received < allowed) return;
    say({ kind: "full" });
    await opened.promise;
  },
});
const toys = server.bucket("toys");
process.on("message", (order: S3Order) => {
  if (order.kind === "take") {
    allowed = received + order.bytes;
    opened.resolve();
    opened = Promise.withResolvers();
    return;
  }
  const isPart = server.requests.flatMap(({ method, query }) => {
    const number = query.get("partNumber");
    return method === "PUT" && number !== null ? [Number(number)] : [];
  });
  const bytes = toys.find(order.key)?.bytes;
  say({
    kind: "report",
    receivedBytes: received,
    parts: isPart,
    sha256: bytes && createHash("sha256").update(bytes).digest("hex"),
    incomplete: toys.uploads.size,
  });
});
process.on("disconnect", () => process.exit());
const { origin: endpoint, accessKey, secretKey } = server;
say({ kind: "started", endpoint, accessKey, secretKey });
