import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import { proxyFor } from "../network/environment-proxy.ts";
import { secureContext, type Trust } from "../network/trust.ts";
import type { BucketKeys } from "./bucket-keys.ts";

/** Time limits for the parts of a request. */
export interface Timing {
  readonly connectMs: number;
  /** Until the headers of a reply to a small request; parts set their own limit. */
  readonly replyMs: number;
  /** Between two pieces in either direction. */
  readonly idleMs: number;
}

export const TIMING: Timing = { connectMs: 10_000, replyMs: 30_000, idleMs: 60_000 };

/** Attempts per request, if the service is busy or the connection broke. */
const ATTEMPTS = 3;

/** Maximum number of simultaneous requests to a service. */
const MAX_SOCKETS = 32;

/** Everything that decides how a service is contacted. */
export interface S3ClientOptions {
  readonly endpoint: URL;
  readonly region: string;
  readonly isPathStyle: boolean;
  readonly checksums: "when-supported" | "when-required";
  readonly connection: Trust;
  readonly keys: BucketKeys;
  readonly timing: Timing;
  /** Called with each reply's server header. */
  readonly onServer: (server: string) => void;
}

/** The SDK's client, independent of this machine's files and environment variables. */
export function openS3Client(options: S3ClientOptions): S3Client {
  const { endpoint, region, isPathStyle, connection, keys, timing, onServer } = options;
  const checksums = options.checksums === "when-supported" ? "WHEN_SUPPORTED" : "WHEN_REQUIRED";
  const client = new S3Client({
    endpoint: endpoint.href.replace(/\/$/, ""),
    region: region,
    forcePathStyle: isPathStyle,
    credentials: {
      accessKeyId: keys.accessKey,
      secretAccessKey: keys.secretKey,
      ...(keys.sessionToken !== undefined && { sessionToken: keys.sessionToken }),
    },
    requestChecksumCalculation: checksums,
    responseChecksumValidation: checksums,
    maxAttempts: ATTEMPTS,
    retryMode: "standard",
    // Explicit, so that no file or environment variable decides it.
    useArnRegion: false,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    useAccelerateEndpoint: false,
    requestHandler: {
      connectionTimeout: timing.connectMs,
      requestTimeout: timing.replyMs,
      socketTimeout: timing.idleMs,
      throwOnRequestTimeout: true,
      ...agentsFor(endpoint, connection),
    },
  });
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { data } = serverSchema.safeParse(result.response);
      if (data !== undefined) onServer(data.headers.server);
      return result;
    },
    { step: "deserialize", priority: "low", name: "server's name" },
  );
  return client;
}

function agentsFor(endpoint: URL, { ca, isInsecure }: Trust) {
  const proxy = proxyFor(endpoint, process.env)?.url.href;
  const shared = {
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
    // Node before 24.5 has no proxy support here, and connects directly.
    ...(proxy !== undefined && { proxyEnv: { http_proxy: proxy, https_proxy: proxy } }),
  };
  if (endpoint.protocol === "http:") return { httpAgent: new HttpAgent(shared) };
  // Explicit, so that no environment variable decides it.
  const tls = { secureContext: secureContext({ ca, isInsecure }), rejectUnauthorized: !isInsecure };
  return { httpsAgent: new HttpsAgent({ ...shared, ...tls }) };
}

const serverSchema = z.object({
  headers: z.object({ server: z.string().transform((text) => text.slice(0, 100).toWellFormed()) }),
});
