import { existsSync } from "node:fs";
import { lstat, mkdir, rename, rm, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
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

/** Whether a model is a link, even if its target is missing at present. */
export async function isLink(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isSymbolicLink() ?? false;
}
