import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { modelIdSchema, STARTER_ID } from "../contract/models.ts";
import { isStored } from "./linked-models.ts";

const MAX_LENGTH = 80;
/** Names that Windows keeps for devices, whatever follows the first dot. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A model's id made of any name: of `owner/model`, the model. */
export function idFrom(name: string): string {
  const last = name.split(/[/\\]/).findLast((part) => part !== "") ?? "";
  const plain = last.normalize("NFC").replaceAll(/[^\p{L}\p{N}._-]+/gu, "-");
  const id = plain
    .replace(/^[._-]+/, "")
    .slice(0, MAX_LENGTH)
    .replace(/[._-]+$/, "");
  return id === "" || id === STARTER_ID || DEVICES.test(id) ? `model-${id}`.replace(/-$/, "") : id;
}

/** The first free id; if none is free, the first with `-copy`, `-copy-2` and so on appended. */
export function freeId(wanted: readonly [string, ...string[]], taken: readonly string[]): string {
  // Folders of one name in another case are one folder on some systems.
  const lower = new Set(taken.map((id) => id.toLowerCase()));
  const isFree = (id: string): boolean => !lower.has(id.toLowerCase());
  const free = wanted.find(isFree);
  if (free !== undefined) return free;
  for (let number = 1; ; number++) {
    const id = `${wanted[0]}-copy${number === 1 ? "" : `-${number}`}`;
    if (isFree(id)) return id;
  }
}

/** The ids of the models in a store, without the starter. */
export async function storedIds(store: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const name of (await readdir(store)).toSorted()) {
    const isId = name !== STARTER_ID && modelIdSchema.safeParse(name).success;
    if (isId && (await isStored(join(store, name)))) ids.push(name);
  }
  return ids;
}
