import { stat } from "node:fs/promises";
import { StudioError } from "../contract/errors.ts";
import { isAbsent, systemCode } from "../files/system-error.ts";
import { fileSource, type ByteSource } from "./byte-source.ts";

/** A file for an archive, and its path on disk. */
export interface PackedFile {
  readonly path: string;
  readonly place: string;
}

/** Counts bytes, and throws to stop. */
export type OnBytes = (bytes: number) => void;

/** The same after examination: its content has the length that it had then. */
export interface FoundFile extends PackedFile {
  readonly content: ByteSource;
  readonly stamp: string;
}

/** Examines files; reading their contents calls `onBytes` for every block. Refuses as NOT_FOUND. */
export async function findFiles(
  files: readonly PackedFile[],
  onBytes: OnBytes,
): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = [];
  for (const { path, place } of files) {
    const { stamp, sizeBytes } = (await lookAt(place)) ?? {};
    if (stamp === undefined || sizeBytes === undefined) {
      throw new StudioError("NOT_FOUND", { what: "file", id: place });
    }
    found.push({ path, place, stamp, content: contentOf(place, sizeBytes, onBytes) });
  }
  return found;
}

/** Refuses as ARCHIVE_INPUT_CHANGED if a file has changed since it was examined. */
export async function refuseChanged(files: readonly FoundFile[]): Promise<void> {
  for (const { place, stamp } of files) {
    if ((await lookAt(place))?.stamp !== stamp) throw changed(place);
  }
}

async function lookAt(place: string) {
  const found = await stat(place, { bigint: true }).catch(() => undefined);
  if (found?.isFile() !== true) return undefined;
  const { size, mtimeNs, ctimeNs, ino } = found;
  return { sizeBytes: Number(size), stamp: [size, mtimeNs, ctimeNs, ino].join(":") };
}

function changed(place: string): StudioError {
  return new StudioError("ARCHIVE_INPUT_CHANGED", { what: place });
}

function contentOf(place: string, sizeBytes: number, onBytes: OnBytes): ByteSource {
  const file = fileSource(place, sizeBytes);
  return {
    ...file,
    async *read(start, end, memory) {
      let read = 0;
      for await (const block of refused(file.read(start, end, memory), place)) {
        onBytes(block.length);
        read += block.length;
        yield block;
      }
      if (read !== end - start) throw changed(place);
    },
  };
}

async function* refused(blocks: AsyncIterable<Buffer>, place: string): AsyncGenerator<Buffer> {
  try {
    yield* blocks;
  } catch (error) {
    throw asRefusal(error, place);
  }
}

function asRefusal(error: unknown, place: string): unknown {
  if (isAbsent(error)) return changed(place);
  const code = systemCode(error);
  if (code === undefined) return error;
  const reason = `the system does not let it be read (${code})`;
  return new StudioError("CONFIG_INVALID", { file: place, reason }, { cause: error });
}
