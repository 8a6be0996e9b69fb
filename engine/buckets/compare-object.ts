import { GetObjectCommand } from "@aws-sdk/client-s3";
import { crc32 } from "node:zlib";
import { StudioError } from "../contract/errors.ts";
import type { Bucket } from "./bucket-client.ts";

/** What an object is to be. */
export interface Expected {
  readonly key: string;
  readonly sizeBytes: number;
  readonly crc32: number;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: (bytes: number) => void;
}

/** Reads an object back, and refuses as OBJECT_DIFFERS where it is not what was sent. */
export async function compareObject({ client, name }: Bucket, expected: Expected): Promise<void> {
  const { key, sizeBytes, signal, onBytes } = expected;
  const { Body } = await client.send(
    new GetObjectCommand({ Bucket: name, Key: key }),
    { what: "reading an object", bucket: name, key },
    { signal },
  );
  const differs = (reason: string): Error =>
    new StudioError("OBJECT_DIFFERS", { host: client.host, key, reason });
  let [sum, read] = [0, 0];
  const blocks = Body?.transformToWebStream() ?? [];
  for await (const block of blocks) {
    signal?.throwIfAborted();
    sum = crc32(block, sum);
    read += block.length;
    onBytes?.(block.length);
    if (read > sizeBytes) throw differs(`it has more than the ${sizeBytes} bytes that were sent`);
  }
  if (read !== sizeBytes) throw differs(`it has ${read} bytes of ${sizeBytes}`);
  if (sum !== expected.crc32) throw differs("its checksum is another");
}
