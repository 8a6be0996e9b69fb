import { join } from "node:path";
import type { Bucket } from "../buckets/bucket-client.ts";
import { downloadObject } from "../buckets/download.ts";
import type { PlacedObject } from "../buckets/folder-download.ts";
import { inLanes } from "../buckets/lanes.ts";
import type { TransferJournal } from "../buckets/transfer-journal.ts";
import type { FetchRequest } from "../contract/bucket-transfers.ts";
import type { TransferRun } from "../transfers/runner.ts";

/** Files transferred at once, if each fits into one request. */
export const LANES = 4;

export interface Fetching extends Pick<TransferRun, "signal" | "onProgress"> {
  readonly placed: readonly (PlacedObject & Pick<FetchRequest, "versionId">)[];
  /** The folder; for an object with an empty path the file. */
  readonly out: string;
  readonly force: boolean;
  readonly journal: TransferJournal;
}

/** Downloads objects into a folder, several at once. Files from an earlier run of the same journal are kept. */
export async function fetchFiles(bucket: Bucket, fetching: Fetching): Promise<void> {
  const { placed, out, force, signal, onProgress, journal } = fetching;
  const onBytes = progressOf(
    placed.map(({ object }) => object.bytes),
    onProgress,
  );
  await inLanes(
    LANES,
    placed,
    async ({ object: { key, etag = "", bytes }, path, versionId }, ended) => {
      const file = path === "" ? out : join(out, path);
      if (journal.of(key).done === `${etag}:${file}`) return onBytes(bytes);
      await journal.beginFile(key, file);
      const wanted = { key, versionId, out: file, force };
      await downloadObject(bucket, { ...wanted, signal: ended, onBytes });
      await journal.finish(key, `${etag}:${file}`);
    },
    signal,
  );
}

/** Adds up progress and reports it with the total. */
export function progressOf(
  sizes: readonly number[],
  onProgress: TransferRun["onProgress"],
): (bytes: number) => void {
  const totalBytes = sizes.reduce((sum, bytes) => sum + bytes, 0);
  let doneBytes = 0;
  onProgress({ doneBytes, totalBytes });
  return (bytes) => {
    doneBytes += bytes;
    onProgress({ doneBytes: Math.max(0, Math.min(doneBytes, totalBytes)), totalBytes });
  };
}
