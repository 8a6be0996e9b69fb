import type { BucketPlace } from "../../../engine/contract/buckets.ts";
import type { StudioClient } from "../../../engine/contract/studio-client.ts";
import { beginSending } from "../../state/sending.ts";
import type { Outgoing, OutgoingFile } from "../../connection/outgoing.ts";

type Client = Pick<StudioClient, "buckets">;

/** A folder of a bucket. */
export interface UploadPlace extends BucketPlace {
  /** With a slash at its end; empty is the bucket itself. */
  readonly prefix: string;
}

/** Bytes that are sent to the studio at a time. */
const PART_BYTES = 16 << 20;

/** The keys of objects that an upload would replace. */
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
      // Of one file the key itself is the first that begins with it.
      after = isFolder ? page.after : undefined;
    } while (after !== undefined);
  }
  return taken;
}

/**
 * Begins the upload of a file or folder: by its path where that is known, else by sending its bytes to the
 * studio first. Undefined where a person changed their mind on the way.
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

/** Brings files to the studio; gives the id that they came under. */
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
