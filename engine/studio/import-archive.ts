import { kindOf, type MemberKind } from "../archive/member.ts";
import { findModel, openArchive, type Archive } from "../archive-files/archive.ts";
import { readArchivedModel } from "../archive-files/archived-snapshot.ts";
import { unpackModel } from "../archive-files/unpack-model.ts";
import { StudioError } from "../contract/errors.ts";
import type { Provenance } from "../contract/models.ts";
import { hashFile } from "../files/hash-file.ts";
import { ByteCount, type FileWork } from "../store/file-work.ts";
import { idFrom } from "../store/model-ids.ts";
import type { ModelStore } from "../store/model-store.ts";

export interface ArchiveImport extends FileWork {
  /** Identifies the work; no two run at once with the same key. */
  readonly key: string;
  readonly path: string;
  /** Its name, if it differs from its file's. */
  readonly name?: string;
  /** Its source, if that is a bucket. */
  readonly object?: Provenance["object"];
  /** The id to give it; by default made from the model's name in the manifest. */
  readonly id?: string | undefined;
  /** Called with notes for the person. */
  readonly onNote: (note: string) => void;
}

const CODE: ReadonlySet<MemberKind> = new Set(["code", "pickle"]);

/**
 * Unpacks an archive's model into the store and returns its id. If it is aborted or the disk is full, what was unpacked
 * is kept for the next run with the same key; if the archive is invalid, nothing is kept.
 */
export async function importArchive(store: ModelStore, work: ArchiveImport): Promise<string> {
  const archive = await openArchive(work.path, work.name);
  const model = await findModel(archive);
  tellOfCode(archive, work.onNote);
  // Problems are found before gigabytes are unpacked, if that is cheap.
  await readArchivedModel(model);
  const { snapshot: target } = await store.stage(work.key);
  const count = new ByteCount([archive, ...model.files, ...model.int8], work);
  try {
    const files = await unpackModel(model, { target, onBytes: count.add });
    const isFile = archive.format !== "folder";
    const sha256 = isFile ? await hashFile(archive.path, count.add) : undefined;
    const provenance = provenanceOf(archive, sha256, work.object);
    return await store.adopt({
      key: work.key,
      ids: [work.id ?? archivedId(archive)],
      provenance,
      files,
    });
  } catch (error) {
    if (!mayGoOn(error, work.signal)) await store.discard(work.key);
    throw error;
  }
}

/** Whether partial results are useful for the next run: it was stopped, or the disk was full. */
export function mayGoOn(error: unknown, signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true || (error instanceof StudioError && error.code === "DISK_FULL");
}

function tellOfCode({ container }: Archive, onNote: (note: string) => void): void {
  const code = container.members.map(({ path }) => path).filter((path) => CODE.has(kindOf(path)));
  if (code.length === 0) return;
  const names =
    code.slice(0, 3).join(", ") + (code.length > 3 ? ` and ${code.length - 3} more` : "");
  onNote(`${names}: contains code, never run here`);
}

function provenanceOf(
  { container, manifest }: Archive,
  sha256: string | undefined,
  object: Provenance["object"],
): Provenance {
  const kind = object === undefined ? "archive" : "bucket";
  const addedAt = new Date().toISOString();
  return { kind, name: container.name, archive: { sha256, manifest }, object, addedAt };
}

/** The default id of an archive's model in the store. */
export function archivedId({ container, manifest }: Archive): string {
  const name = manifest.model.modelName ?? container.name.replace(/\.(mar|tar\.gz|tgz)$/i, "");
  return idFrom(name);
}
