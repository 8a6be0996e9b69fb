import { join } from "node:path";
import { StudioError } from "../contract/errors.ts";
import type { ModelFile } from "../contract/models.ts";
import { hashFile } from "../files/hash-file.ts";
import { ByteCount, type FileWork } from "./file-work.ts";
import { isWeights } from "./records.ts";
import type { ListedFile } from "./listing.ts";
import { unreadable } from "./reading.ts";

/** The current state of a model's files. */
export interface Verdict {
  readonly files: readonly ModelFile[];
  /** The first file that has changed; undefined if none has. */
  readonly fault: StudioError | undefined;
}

/**
 * Reads every file again and compares it with what is known. A file about which nothing is known is accepted as it is.
 */
export async function verifyFiles(
  folder: string,
  { there, known }: { readonly there: readonly ListedFile[]; readonly known: readonly ModelFile[] },
  work: FileWork,
): Promise<Verdict> {
  const expected = new Map(known.map(({ path, sha256 }) => [path, sha256]));
  const present = new Set(there.map(({ path }) => path));
  const count = new ByteCount(there, work);
  const files: ModelFile[] = [];
  let fault = known.filter(({ path }) => !present.has(path)).map(missing)[0];
  for (const { path, sizeBytes } of there) {
    const sha256 = await hashFile(join(folder, path), count.add).catch((error: unknown) => {
      work.signal?.throwIfAborted();
      throw unreadable(path, error);
    });
    const wanted = expected.get(path) ?? sha256;
    if (wanted !== sha256) fault ??= changed(path);
    files.push({ path, sizeBytes, sha256: wanted });
  }
  return { files, fault };
}

function missing({ path }: ModelFile): StudioError {
  return new StudioError("SNAPSHOT_INCOMPLETE", { file: path });
}

function changed(file: string): StudioError {
  const reason = "its content is not what it was when it came into the store";
  return new StudioError(isWeights(file) ? "SAFETENSORS_INVALID" : "CONFIG_INVALID", {
    file,
    reason,
  });
}
