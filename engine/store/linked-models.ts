import { existsSync } from "node:fs";
import { lstat, mkdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { modelIdSchema } from "../contract/models.ts";
import { syncFolder } from "../files/atomic-file.ts";
import { writeProvenance } from "./records.ts";

/** Records of a linked model: nothing is ever written into another program's folder. */
const RECORDS = ".linked-";

export interface NewLink {
  readonly id: string;
  /** Real path of the snapshot. */
  readonly target: string;
  readonly addedAt: string;
}

/** Puts a link to a snapshot elsewhere into the store: the model is there from one rename on. */
export async function writeLink(store: string, { id, target, addedAt }: NewLink): Promise<void> {
  const records = join(store, `${RECORDS}${id}`);
  await mkdir(records, { recursive: true });
  await writeProvenance(records, { kind: "link", name: target, addedAt });
  const made = join(store, `.gone-link-${id}`);
  await rm(made, { force: true });
  // A junction needs no rights on Windows; elsewhere the kind says nothing.
  await symlink(target, made, "junction");
  await rename(made, join(store, id));
  await syncFolder(store);
}

/** The folder of a stored model's records: beside its files, or separately for a link. */
export function recordsOfStored(store: string, id: string): string {
  const apart = join(store, `${RECORDS}${id}`);
  return existsSync(apart) ? apart : join(store, id);
}

export function isLinkRecords(folder: string): boolean {
  return basename(folder).startsWith(RECORDS);
}

/** Whether a path is a model's: a folder, or a link even if its target is missing at present. */
export async function isStored(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isDirectory() === true || found?.isSymbolicLink() === true;
}

/** Why a model's folder is missing: its link leads nowhere, or there is no such model. */
export async function absentModel(path: string, id: string): Promise<StudioError> {
  const isId = modelIdSchema.safeParse(id).success;
  return isId && (await isStored(path))
    ? new StudioError("SNAPSHOT_NOT_FOUND", { path: await targetOf(path) })
    : new StudioError("NOT_FOUND", { what: "model", id });
}

/** Where a model's files are: what a link points to, even if it is missing at present; otherwise the path itself. */
export async function targetOf(path: string): Promise<string> {
  return readlink(path).catch(() => path);
}
