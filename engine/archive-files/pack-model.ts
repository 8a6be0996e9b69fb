import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { MANIFEST } from "../archive/member.ts";
import { MODEL_ZIP } from "../archive/model-place.ts";
import { checkLabel, FORMS, manifestBytes, type ArchiveLabel } from "../archive/packing.ts";
import type { PackForm } from "../contract/archives.ts";
import { StudioError } from "../contract/errors.ts";
import { writeAtomically, writeNewFile } from "../files/atomic-file.ts";
import { demandSpace, diskFull } from "../files/disk-full.ts";
import { isDiskFull, isSystemError, systemCode } from "../files/system-error.ts";
import { sweepUnfinished } from "../files/unfinished.ts";
import { isInt8Path } from "../snapshot/int8-path.ts";
import { BlockWriter } from "./block-writer.ts";
import { bytesSource, checked, type CheckedSource } from "./checked-source.ts";
import { writeFolder } from "./folder-writer.ts";
import {
  findFiles,
  refuseChanged,
  type FoundFile,
  type OnBytes,
  type PackedFile,
} from "./packed-files.ts";
import { tarGz } from "./tar-writer.ts";
import {
  deflatedMember,
  storedMember,
  writeZip,
  zipMember,
  zipSource,
  type StoredFile,
  type ZipMember,
} from "./zip-writer.ts";

/** A model, and what else goes into the archive. */
export interface Packing {
  readonly form: PackForm;
  readonly name: string;
  readonly version: string;
  /** The snapshot's own files. */
  readonly files: readonly PackedFile[];
  /** Its int8 weights, if they are included. */
  readonly int8?: readonly PackedFile[];
  readonly handler: PackedFile;
  readonly requirements: PackedFile;
}

/** The total size of everything that packing reads. */
export async function packedBytes(packing: Packing): Promise<number> {
  return bytesOf(await partsOf(packing, () => {}));
}

export interface MarSource extends CheckedSource {
  /** Refuses as ARCHIVE_INPUT_CHANGED if a file has changed. */
  readonly refuseChanged: () => Promise<void>;
}

/**
 * An archive of a form without compression, which can be read from any offset, with its length and checksum. It is not
 * stored on disk: every file is read once here for its checksum, and again when the archive is read. Equal files give
 * equal bytes.
 */
export async function marSource(
  packing: Packing & { readonly form: "notebook" | "zip-store" },
  onBytes: OnBytes,
): Promise<MarSource> {
  const { model, beside, manifest } = await partsOf(packing, onBytes);
  const files = await withChecksums(model);
  const { isZipped } = FORMS[packing.form];
  const inside = isZipped ? [{ path: MODEL_ZIP, content: zipSource(files) }] : files;
  const all = zipSource([...inside, ...(await withChecksums(beside)), manifest]);
  return { ...all, refuseChanged: () => refuseChanged([...model, ...beside]) };
}

async function withChecksums(files: readonly FoundFile[]): Promise<StoredFile<CheckedSource>[]> {
  const found: StoredFile<CheckedSource>[] = [];
  for (const { path, content } of files) {
    found.push({ path, content: await checked(content) });
  }
  return found;
}

/** Where an archive is written. */
export interface PackTarget {
  readonly out: string;
  /** Whether an existing archive is replaced. */
  readonly force: boolean;
  readonly onBytes: OnBytes;
}

/**
 * Writes an archive of any form atomically; every file is read once. Refuses as OUTPUT_EXISTS, ARCHIVE_UNWRITABLE,
 * DISK_FULL, and as ARCHIVE_INPUT_CHANGED if a file of the model changes meanwhile.
 */
export async function packModel(packing: Packing, target: PackTarget): Promise<void> {
  const { out, force, onBytes } = target;
  if (!force && (await exists(out))) throw new StudioError("OUTPUT_EXISTS", { path: out });
  const parts = await partsOf(packing, onBytes);
  const needed = bytesOf(parts);
  try {
    await sweepUnfinished(out);
    await stat(dirname(out));
    await demandSpace(dirname(out), needed);
    await write(packing, parts, target);
  } catch (error) {
    throw asRefusal(error, out, needed);
  }
}

async function write(
  packing: Packing,
  parts: Parts,
  { out, force, onBytes }: PackTarget,
): Promise<void> {
  const { model, beside, manifest } = parts;
  const check = (): Promise<void> => refuseChanged([...model, ...beside]);
  if (packing.form === "no-archive") {
    await writeFolder(out, [...model, ...beside, manifest], { force, onCloned: onBytes, check });
    return;
  }
  await (force ? writeAtomically : writeNewFile)(out, async (handle) => {
    const file = new BlockWriter(handle);
    await (packing.form === "tgz" ? writeTarGz : writeMar)(file, packing, parts);
    await file.finish();
    await check();
  });
}

async function writeMar(
  file: BlockWriter,
  { form }: Packing,
  { model, beside, manifest }: Parts,
): Promise<void> {
  const { isZipped, isDeflated } = FORMS[form];
  // Int8 weights hardly compress.
  const memberOf = (one: StoredFile): ZipMember =>
    isDeflated && !isInt8Path(one.path) ? deflatedMember(one) : storedMember(one);
  const inside = isZipped ? [zipMember(MODEL_ZIP, model)] : model.map(memberOf);
  await writeZip(file, [...inside, ...[...beside, manifest].map(memberOf)]);
}

async function writeTarGz(
  file: BlockWriter,
  { name }: Packing,
  { model, beside, manifest }: Parts,
): Promise<void> {
  const blocks = tarGz(name, [...model, ...beside, manifest]);
  for await (const block of blocks) await file.append(block);
}

/** The contents of an archive, in the archiver's order. */
interface Parts {
  readonly model: readonly FoundFile[];
  /** The requirements and the handler. */
  readonly beside: readonly FoundFile[];
  readonly manifest: StoredFile<CheckedSource>;
}

async function partsOf(packing: Packing, onBytes: OnBytes): Promise<Parts> {
  const { handler, requirements } = packing;
  const files = [...packing.files, ...(packing.int8 ?? [])];
  const label = labelOf(packing);
  checkLabel(
    label,
    files.map(({ path }) => path),
  );
  return {
    model: await findFiles(files, onBytes),
    beside: await findFiles([requirements, handler], onBytes),
    manifest: { path: MANIFEST, content: bytesSource(manifestBytes(label)) },
  };
}

function bytesOf({ model, beside }: Parts): number {
  return [...model, ...beside].reduce((sum, { content }) => sum + content.sizeBytes, 0);
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
