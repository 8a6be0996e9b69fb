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
  /** An error for each file that has changed or is missing. */
  readonly faults: readonly StudioError[];
  /** Number of files that nothing was known about. */
  readonly newCount: number;
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
  const faults = known.filter(({ path }) => !present.has(path)).map(missing);
  let newCount = 0;
  for (const { path, sizeBytes } of there) {
    const sha256 = await hashFile(join(folder, path), count.add).catch((error: unknown) => {
      work.signal?.throwIfAborted();
      throw unreadable(path, error);
    });
    const wanted = expected.get(path) ?? sha256;
    if (expected.get(path) === undefined) newCount += 1;
    if (wanted !== sha256) faults.push(changed(path));
    files.push({ path, sizeBytes, sha256: wanted });
  }
  return { files, faults, newCount };
}

/** Maximum number of files that are named. */
const NAMED = 5;

/** What was compared, for a person. */
export function verdictInWords({ files, faults, newCount }: Verdict): string {
  if (faults.length > 0) {
    const paths = faults.slice(0, NAMED).map(({ details }) => String(details["file"]));
    const more = faults.length - paths.length;
    const names = more > 0 ? [...paths, `${more} more`] : paths;
    return `not as its checksums say: ${new Intl.ListFormat("en").format(names)}`;
  }
  const count = files.length;
  if (newCount === 0) return `all ${count} files match their checksums`;
  if (newCount === count) return `no checksums were known: those of ${count} files are stored now`;
  return `${count - newCount} of ${count} files match their checksums; the others had none`;
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
