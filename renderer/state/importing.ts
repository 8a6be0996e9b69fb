import { create } from "zustand";
import { StudioError } from "../../engine/contract/errors.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import {
  isHidden,
  isNamedAsPicture,
  MAX_PICTURE_BYTES,
} from "../../engine/contract/picture-files.ts";
import { asFailure } from "../connection/failure.ts";
import type { Outgoing } from "../connection/outgoing.ts";

/** A file that could not be imported. */
export interface FailedFile {
  readonly name: string;
  /** As text; undefined if the file is too large to send. */
  readonly reason: string | undefined;
}

/** An import of picture files into the gallery. */
export interface Importing {
  readonly isRunning: boolean;
  readonly total: number;
  readonly done: number;
  /** Ids of the pictures that were added to the gallery. */
  readonly imported: readonly string[];
  /** Number of files that the gallery already had. */
  readonly present: number;
  readonly failed: readonly FailedFile[];
  /** Names of files in folders whose extension is not that of a picture. */
  readonly others: readonly string[];
}

/** Undefined if none is running and the last one has been dismissed. */
export const useImporting = create<{ readonly run: Importing | undefined }>()(() => ({
  run: undefined,
}));

const waiting: File[] = [];

/**
 * Imports files and the content of folders, one after another. Resolves with the result when it has ended; resolves at
 * once, without a result, if an import is already running, which then includes these files. Rejects on an error that
 * would affect every file; what was imported stays, and is in the state.
 */
export async function importPictures(
  client: Pick<StudioClient, "gallery">,
  outgoing: readonly Outgoing[],
): Promise<Importing | undefined> {
  const isRunning = useImporting.getState().run?.isRunning === true;
  if (!isRunning) useImporting.setState({ run: BEGUN });
  const { pictures, others } = sorted(outgoing);
  waiting.push(...pictures);
  change((run) => ({ total: run.total + pictures.length, others: [...run.others, ...others] }));
  if (isRunning) return undefined;
  try {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift())
      await importFile(client, file);
  } finally {
    waiting.length = 0;
    change(() => ({ isRunning: false }));
  }
  return useImporting.getState().run;
}

/** Stops the import after the current file. */
export function cancelImport(): void {
  waiting.length = 0;
}

/** Dismisses the last import's result. */
export function forgetImport(): void {
  useImporting.setState(({ run }) => (run?.isRunning === true ? {} : { run: undefined }));
}

const BEGUN: Importing = {
  isRunning: true,
  total: 0,
  done: 0,
  imported: [],
  present: 0,
  failed: [],
  others: [],
};

function change(by: (run: Importing) => Partial<Importing>): void {
  useImporting.setState(({ run }) => (run ? { run: { ...run, ...by(run) } } : {}));
}

/** Hidden files in folders, such as thumbnails, are skipped. */
function sorted(outgoing: readonly Outgoing[]) {
  const inFolders = outgoing
    .filter(({ isFolder }) => isFolder)
    .flatMap(({ files }) => files)
    .filter(({ path }) => !isHidden(path));
  const named = outgoing.filter(({ isFolder }) => !isFolder).flatMap(({ files }) => files);
  const pictures = [...named, ...inFolders.filter(({ path }) => isNamedAsPicture(path))];
  const others = inFolders.filter(({ path }) => !isNamedAsPicture(path));
  return {
    pictures: pictures.map(({ file }) => file),
    others: others.map(({ file }) => file.name),
  };
}

function finish(by: (run: Importing) => Partial<Importing>): void {
  change((run) => ({ done: run.done + 1, ...by(run) }));
}

async function importFile({ gallery }: Pick<StudioClient, "gallery">, file: File): Promise<void> {
  const fail = (reason?: string) =>
    finish((run) => ({ failed: [...run.failed, { name: file.name, reason }] }));
  if (file.size > MAX_PICTURE_BYTES) return fail();
  try {
    const modifiedAt = new Date(file.lastModified).toISOString();
    const { id, isNew } = await gallery.import({ file, modifiedAt });
    finish((run) => (isNew ? { imported: [...run.imported, id] } : { present: run.present + 1 }));
  } catch (error) {
    const failure = asFailure(error);
    if (!(failure instanceof StudioError) || failure.code !== "IMAGE_UNREADABLE") throw error;
    fail(String(failure.details["reason"] ?? failure.message));
  }
}
