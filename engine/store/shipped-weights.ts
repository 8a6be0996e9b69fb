import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { hashFile } from "../files/hash-file.ts";
import { openRegular } from "../files/regular-file.ts";
import { systemCode } from "../files/system-error.ts";
import { int8Path, INT8_FOLDER, readInt8Path, type Int8File } from "../snapshot/int8-path.ts";
import type { WeightLayout } from "../snapshot/weight-layout.ts";
import { identify, knownHash, rememberHash } from "./hash-index.ts";
import { readFully } from "./reading.ts";

/** Int8 weights that came with a model. */
export interface ShippedWeights {
  /** The model's own folder, which contains them in `int8`. Nothing is written there. */
  readonly folder: string;
  /** Called with a sentence that says that they are used, or why not. */
  readonly onNotice: (sentence: string) => void;
}

/** Which weights are needed, and how they must start and end. */
interface Wanted extends Pick<Int8File, "source" | "kind"> {
  readonly layout: WeightLayout;
}

interface Search {
  /** Where files' hashes are stored, so that a file is not read twice for that. */
  readonly indexFolder: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The real path of the int8 weights that came with a model, made from a file with this sha256 in this way, and checked
 * against the sha256 in their name. Undefined if there are none or if they are invalid, which is reported.
 */
export async function findShipped(
  { folder, onNotice }: ShippedWeights,
  wanted: Wanted,
  search: Search,
): Promise<string | undefined> {
  const all = await shippedIn(folder);
  if (all.length === 0) return undefined;
  const unused = (fault: string): undefined => {
    const where = join(folder, INT8_FOLDER);
    onNotice(`The int8 weights in ${where} are not used, and are made again: ${fault}.`);
  };
  const ofSource = all.filter(({ source }) => source === wanted.source);
  if (ofSource.length === 0) return unused("they were made of other weights");
  const fitting = ofSource.find(({ kind }) => kind === wanted.kind);
  if (fitting === undefined) return unused("this processor takes others");
  const place = join(folder, int8Path(fitting));
  const fault = await faultOf(place, fitting, { ...wanted, ...search });
  if (fault !== undefined) return unused(fault);
  onNotice("Using the int8 weights that came with the model.");
  return realpath(place);
}

/** Whether weights of this kind came with a model, by their names alone. */
export async function isShipped(
  { folder }: Pick<ShippedWeights, "folder">,
  wanted: Int8File["kind"],
): Promise<boolean> {
  return (await shippedIn(folder)).some(({ kind }) => kind === wanted);
}

/** Whether these weights came with a model and were read before, so that finding them again is quick. */
export async function isRead(
  { folder }: Pick<ShippedWeights, "folder">,
  { source, kind }: Pick<Int8File, "source" | "kind">,
  indexFolder: string,
): Promise<boolean> {
  for (const file of await shippedIn(folder)) {
    if (file.source !== source || file.kind !== kind) continue;
    const path = await realpath(join(folder, int8Path(file))).catch(() => undefined);
    const known = path && (await knownHash(indexFolder, await identify(path)));
    if (known === file.sha256) return true;
  }
  return false;
}

/** The files in a model's folder that have names of ours. */
async function shippedIn(folder: string): Promise<readonly Int8File[]> {
  const namesIn = (path: string) => readdir(join(folder, path)).catch(() => []);
  const found: Int8File[] = [];
  for (const source of await namesIn(INT8_FOLDER)) {
    const inside = `${INT8_FOLDER}/${source}`;
    for (const name of await namesIn(inside)) {
      const file = readInt8Path(`${inside}/${name}`);
      if (file !== undefined) found.push(file);
    }
  }
  return found;
}

const DAMAGED = "they are damaged";

/** What is wrong with a file, judged by its size, its header and its hash. */
async function faultOf(
  place: string,
  { sha256 }: Int8File,
  { layout, indexFolder, signal }: Wanted & Search,
): Promise<string | undefined> {
  try {
    const identity = await identify(await realpath(place));
    if (identity.sizeBytes !== layout.sizeBytes) return DAMAGED;
    if (!(await beginsWith(place, layout.head))) return DAMAGED;
    const known = await knownHash(indexFolder, identity);
    const own = known ?? (await hashFile(place, () => signal?.throwIfAborted()));
    // If this is not recorded, the file is hashed again next time.
    if (known === undefined) await rememberHash(indexFolder, identity, own).catch(() => undefined);
    return own === sha256 ? undefined : DAMAGED;
  } catch (error) {
    signal?.throwIfAborted();
    return `they cannot be read (${systemCode(error) ?? "unknown"})`;
  }
}

async function beginsWith(place: string, head: Uint8Array): Promise<boolean> {
  await using file = await openRegular(place);
  const bytes = new Uint8Array(head.length);
  await readFully(file, bytes, 0);
  return Buffer.from(bytes).equals(head);
}
