import type { BucketPlace } from "../../../engine/contract/buckets.ts";
import type { StudioClient } from "../../../engine/contract/studio-client.ts";
import { beginSending } from "../../state/sending.ts";
import type { Outgoing, OutgoingFile } from "../../connection/outgoing.ts";

type Client = Pick<StudioClient, "buckets">;

/** A folder of a bucket. */
export interface UploadPlace extends BucketPlace {
  /** Ends with a slash; empty for the bucket itself. */
  readonly prefix: string;
}

/** Number of bytes sent to the studio at a time. */
const PART_BYTES = 16 << 20;

/** The keys of the objects that an upload would replace. */
export async function takenKeys(
  { buckets }: Client,
  { prefix, ...place }: UploadPlace,
  outgoing: readonly Outgoing[],
): Promise<readonly string[]> {
  const taken: string[] = [];
  for (const { name, isFolder, files } of outgoing) {
    const wanted = new Set(files.map(({ path }) => `${prefix}${path}`));
    const query = { ...place, prefix: `${prefix}${name}${isFolder ? "/" : ""}`, isRecursive: true };
    let after: string | undefined;
    do {
      const page = await buckets.list({ ...query, ...(after !== undefined && { after }) });
      taken.push(...page.objects.map(({ key }) => key).filter((key) => wanted.has(key)));
      // For a single file, the key itself is the first that starts with it.
      after = isFolder ? page.after : undefined;
    } while (after !== undefined);
  }
  return taken;
}

/**
 * Starts the upload of a file or folder: by its path if that is known, otherwise by sending its bytes to the studio
 * first. Returns undefined if the user cancels.
 */
export async function sendOutgoing(
  { buckets }: Client,
  { prefix, ...place }: UploadPlace,
  { name, isFolder, files, machinePath }: Outgoing,
): Promise<{ readonly transferId: string } | undefined> {
  const request = { ...place, key: isFolder ? `${prefix}${name}/` : prefix };
  if (machinePath !== undefined) return buckets.upload({ ...request, path: machinePath });
  const received = await sendFiles(buckets, name, files);
  return received === undefined ? undefined : buckets.upload({ ...request, received });
}

/** Sends files to the studio; returns the id under which they were received. */
async function sendFiles(
  buckets: Client["buckets"],
  name: string,
  files: readonly OutgoingFile[],
): Promise<string | undefined> {
  const stop = new AbortController();
  const { signal } = stop;
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  const shown = beginSending(name, total, () => stop.abort());
  let id: string | undefined;
  let done = 0;
  try {
    for (const { path, file } of files) {
      let offset = 0;
      do {
        const part = new File([file.slice(offset, offset + PART_BYTES)], "part");
        ({ id } = await buckets.receive({ id, path, offset, part }, { signal }));
        offset += PART_BYTES;
        done += part.size;
        shown.progress(done);
      } while (offset < file.size);
    }
    return id;
  } catch (failure) {
    if (id !== undefined) await buckets.discardReceived({ id });
    if (signal.aborted) return undefined;
    throw failure;
  } finally {
    shown.end();
  }
}
