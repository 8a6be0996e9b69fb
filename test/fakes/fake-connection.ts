import { onTestFinished } from "vitest";
import { openConnections } from "./open-connections.ts";
import type { Timing } from "../../engine/buckets/s3-client.ts";
import type { Bucket } from "../../engine/buckets/bucket-client.ts";
import { newConnectionSchema } from "../../engine/contract/buckets.ts";
import { S3Server, type S3ServerOptions } from "./s3/s3-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A fake S3 service with a bucket `toys`, and a connection to it; both end with the current test. */
export async function fakeConnection(options: S3ServerOptions = {}, timing?: Timing) {
  const server = await S3Server.start({ smallestPart: 1, ...options });
  onTestFinished(() => server.close());
  const kept = server.bucket("toys");
  const connections = await openConnections(temporaryFolder(), timing);
  onTestFinished(() => connections.close());
  const { accessKey, secretKey, origin: endpoint } = server;
  const connection = newConnectionSchema.parse({ accessKey, secretKey, endpoint, bucket: "toys" });
  const { id: connectionId } = await connections.connect(connection);
  const bucket: Bucket = await connections.bucket({ connectionId });
  return { server, kept, connections, connectionId, bucket };
}
