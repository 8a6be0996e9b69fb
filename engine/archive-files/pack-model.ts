import { mkdir, open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { checkLabel, FORMS, manifestBytes, type ArchiveLabel } from "../archive/packing.ts";
import { MANIFEST } from "../archive/member.ts";
import { MODEL_ZIP } from "../archive/model-place.ts";
import type { PackForm } from "../contract/archives.ts";
import { StudioError } from "../contract/errors.ts";
import { syncFolder, writeAtomically, writeNewFile } from "../files/atomic-file.ts";
import { demandSpace, diskFull } from "../files/disk-full.ts";
import { sweepUnfinished } from "../files/unfinished.ts";
import { isDiskFull, isSystemError, systemCode } from "../files/system-error.ts";
import { fileSource, type ByteSource } from "./byte-source.ts";
import { bytesSource, checked, deflated, type CheckedSource } from "./checked-source.ts";
import { tarGz } from "./tar-writer.ts";
import { zipSource, type ZipEntry } from "./zip-writer.ts";

/** A file that goes into an archive, and where it lies. */
export interface PackedFile {
  readonly path: string;
  readonly place: string;
}

/** A model, and what goes into the archive beside it. */
export interface Packing {
  readonly form: PackForm;
  readonly name: string;
  readonly version: string;
  /** The snapshot's own files. */
  readonly files: readonly PackedFile[];
  readonly handler: PackedFile;
  readonly requirements: PackedFile;
}

/** Counts bytes, and throws where the work is to end. */
export type OnBytes = (bytes: number) => void;

/** Bytes of a model's files and of what lies beside them: what packing reads, more than once. */
export async function packedBytes(packing: Packing): Promise<number> {
  const sources = await sourcesOf(packing);
  return sources.reduce((sum, { source }) => sum + source.sizeBytes, 0);
}

/**
 * An archive of a zip form, to be read from anywhere to anywhere, with its length and checksum. Nothing of
 * it lies on disk: every file is read once here for its checksum, and again when the archive is. The same
 * files give the same bytes. Deflated forms are deflated twice, and can only be read from the beginning.
 */
export async function marSource(packing: Packing, onBytes: OnBytes): Promise<CheckedSource> {
  const { isZipped, isDeflated } = FORMS[packing.form];
  const entryOf = async (path: string, source: ByteSource): Promise<ZipEntry> =>
    isDeflated
      ? { path, ...(await deflated(source, onBytes)) }
      : { path, plain: await checked(source, onBytes) };
  const entries: ZipEntry[] = [];
  const files: ZipEntry[] = [];
  for (const { path, source, isModel } of await sourcesOf(packing)) {
    (isZipped && isModel ? files : entries).push(await entryOf(path, source));
  }
  const model = isZipped ? [{ path: MODEL_ZIP, plain: zipSource(files) }] : [];
  const manifest = await entryOf(MANIFEST, bytesSource(manifestBytes(labelOf(packing))));
  return zipSource([...model, ...entries, manifest]);
}

/**
 * Writes an archive of any form to `out`, whole or not at all. Refuses as OUTPUT_EXISTS, ARCHIVE_UNWRITABLE,
 * DISK_FULL, and as ARCHIVE_INPUT_CHANGED where a file of the model changes meanwhile.
 */
export async function packModel(
  packing: Packing,
  {
    out,
    force,
    onBytes,
  }: { readonly out: string; readonly force: boolean; readonly onBytes: OnBytes },
): Promise<void> {
  if (!force && (await exists(out))) throw new StudioError("OUTPUT_EXISTS", { path: out });
  const needed = await packedBytes(packing);
  try {
    await sweepUnfinished(out);
    await stat(dirname(out));
    await demandSpace(dirname(out), needed);
    await writerOf(packing.form)(packing, out, { force, onBytes });
  } catch (error) {
    throw asRefusal(error, out, needed);
  }
}

interface Writing {
  readonly force: boolean;
  readonly onBytes: OnBytes;
}
type Writer = (packing: Packing, out: string, writing: Writing) => Promise<void>;

function writerOf(form: PackForm): Writer {
  if (form === "no-archive") return writeFolder;
  return form === "tgz" ? writeTarGz : writeMar;
}

async function writeMar(packing: Packing, out: string, { force, onBytes }: Writing): Promise<void> {
  const source = await marSource(packing, onBytes);
  const write = force ? writeAtomically : writeNewFile;
  await write(out, async (file) => {
    let [sum, sizeBytes] = [0, 0];
    for await (const block of source.read(0, source.sizeBytes)) {
      await file.appendFile(block);
      sum = crc32(block, sum);
      sizeBytes += block.length;
      onBytes(block.length);
    }
    if (sum === source.crc32 && sizeBytes === source.sizeBytes) return;
    throw new StudioError("ARCHIVE_INPUT_CHANGED", { what: `A file of ${packing.name}` });
  });
}

async function writeTarGz(
  packing: Packing,
  out: string,
  { force, onBytes }: Writing,
): Promise<void> {
  const entries = [
    ...(await sourcesOf(packing)).map(({ path, source }) => ({
      path,
      content: counted(source, onBytes),
    })),
    { path: MANIFEST, content: bytesSource(manifestBytes(labelOf(packing))) },
  ];
  const write = force ? writeAtomically : writeNewFile;
  await write(out, async (file) => {
    for await (const block of tarGz(packing.name, entries)) await file.appendFile(block);
  });
}

/** The folder that TorchServe loads by its bare name. What a crash left of one is written over. */
async function writeFolder(packing: Packing, out: string, { onBytes }: Writing): Promise<void> {
  const beside = (end: string): string => join(dirname(out), `.${basename(out)}.${end}`);
  const [part, old] = [beside("part"), beside("old")];
  await refuseOtherFolder(out);
  await rm(part, { recursive: true, force: true });
  try {
    for (const { path, source } of await sourcesOf(packing)) {
      await writeFile(join(part, path), counted(source, onBytes));
    }
    await writeFile(join(part, MANIFEST), bytesSource(manifestBytes(labelOf(packing))));
    await rm(old, { recursive: true, force: true });
    if (await exists(out)) await rename(out, old);
    await rename(part, out);
    await syncFolder(dirname(out));
  } finally {
    for (const left of [part, old]) await rm(left, { recursive: true, force: true });
  }
}

/** Only an archive's folder is replaced, never whatever else lies there. */
async function refuseOtherFolder(out: string): Promise<void> {
  if (!(await exists(out)) || (await exists(join(out, MANIFEST)))) return;
  throw new StudioError("OUTPUT_EXISTS", { path: out });
}

async function writeFile(path: string, content: ByteSource): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await using file: FileHandle = await open(path, "wx", 0o644);
  for await (const block of content.read(0, content.sizeBytes)) await file.appendFile(block);
  await file.sync();
}

/** A file of a certain length; refuses as ARCHIVE_INPUT_CHANGED where it has become shorter. */
function wholeFile(place: string, sizeBytes: number): ByteSource {
  const file = fileSource(place, sizeBytes);
  return {
    ...file,
    async *read(start, end) {
      let read = 0;
      for await (const block of file.read(start, end)) {
        read += block.length;
        yield block;
      }
      if (read !== end - start) throw new StudioError("ARCHIVE_INPUT_CHANGED", { what: place });
    },
  };
}

function counted(source: ByteSource, onBytes: OnBytes): ByteSource {
  return {
    ...source,
    async *read(start, end) {
      for await (const block of source.read(start, end)) {
        onBytes(block.length);
        yield block;
      }
    },
  };
}

interface NamedSource {
  readonly path: string;
  readonly source: ByteSource;
  readonly isModel: boolean;
}

/** Everything but the manifest, in the order of the archiver: the model, the requirements, the handler. */
async function sourcesOf(packing: Packing): Promise<readonly NamedSource[]> {
  const { files, handler, requirements } = packing;
  checkLabel(
    labelOf(packing),
    files.map(({ path }) => path),
  );
  const sources: NamedSource[] = [];
  for (const file of [...files, requirements, handler]) {
    const { path, place } = file;
    const found = await stat(place).catch(() => undefined);
    if (found?.isFile() !== true) throw new StudioError("NOT_FOUND", { what: "file", id: place });
    sources.push({ path, source: wholeFile(place, found.size), isModel: files.includes(file) });
  }
  return sources;
}

function labelOf({ name, version, handler, requirements }: Packing): ArchiveLabel {
  return { name, version, handler: handler.path, requirements: requirements.path };
}

function asRefusal(error: unknown, out: string, needed: number): unknown {
  if (isDiskFull(error)) return diskFull(dirname(out), needed);
  if (isSystemError(error, "EEXIST", "ENOTEMPTY")) {
    return new StudioError("OUTPUT_EXISTS", { path: out }, { cause: error });
  }
  const code = systemCode(error);
  if (code === undefined) return error;
  const reason = code === "ENOENT" ? "its folder does not exist" : code;
  return new StudioError("ARCHIVE_UNWRITABLE", { path: out, reason }, { cause: error });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
