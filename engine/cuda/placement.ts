import { readFileSync, statSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { hashFile } from "../files/hash-file.ts";
import { fileLock } from "../files/ownership.ts";
import { writeJson } from "../files/json-file.ts";
import { nameOf, type CudaSource, type Wheel } from "./source.ts";
import type { UnpackedLibrary } from "./unpack.ts";

/** Where the libraries are installed, and for which ONNX Runtime. */
export interface Placement {
  readonly folder: string;
  /** ONNX Runtime's library of this installation. It searches for providers in its own folder. */
  readonly runtimeLibrary: string;
}

/** The list of installed files, stored beside the libraries and updated after each wheel. */
interface Receipt {
  readonly version: string;
  readonly libraries: readonly UnpackedLibrary[];
}

const RECEIPT = "placed.json";
const WORKPLACE = ".unpacking";
const PART = ".part";

/**
 * Runs work while no other installer, of this process or another, works in the folder; a lock file beside it ensures
 * that. Refuses as STATE_CONFLICT if there is one.
 */
export async function alone<T>(folder: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  using lock = fileLock(`${folder}.lock`);
  if (lock !== undefined) return await work();
  const state = "being installed or removed by another process, so wait until that is done";
  throw new StudioError("STATE_CONFLICT", { what: "CUDA support", wanted: "changed", state });
}

/** The file that a wheel is downloaded to; it survives between runs. */
export function partOf(folder: string, { file }: Wheel): string {
  return join(folder, `${file}${PART}`);
}

/**
 * The folder if all libraries of `source` are installed in it and have the right sizes; undefined otherwise. The
 * inference process loads libraries from there.
 */
export function placedFolder(folder: string, source: CudaSource): string | undefined {
  try {
    const receipt = parseReceipt(readFileSync(join(folder, RECEIPT), "utf8"), source);
    const isHere = ({ name, sizeBytes }: UnpackedLibrary): boolean =>
      statSync(join(folder, name)).size === sizeBytes;
    const wanted = source.wheels.flatMap(({ libraries }) => libraries.map(nameOf));
    const placed = new Set(receipt.filter(isHere).map(({ name }) => name));
    const isWhole = wanted.every((name) => placed.has(name)) && placed.size > wanted.length;
    // The loader takes a path with a colon for two paths.
    return isWhole && !folder.includes(delimiter) ? folder : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The wheels of `source` whose libraries are not installed, or have changed according to `check`; by default that
 * compares sizes.
 */
export async function missingWheels(
  { folder }: Pick<Placement, "folder">,
  source: CudaSource,
  check: Check = hasSize,
): Promise<readonly Wheel[]> {
  const receipt = await readReceipt(folder, source);
  const missing: Wheel[] = [];
  for (const wheel of source.wheels) {
    const placed = wheel.libraries.map((library) =>
      receipt.find(({ name }) => name === nameOf(library)),
    );
    let isWhole = true;
    for (const library of placed) {
      isWhole &&= library !== undefined && (await check(folder, library));
    }
    if (!isWhole) missing.push(wheel);
  }
  return missing;
}

/**
 * Lets `fill` unpack libraries into an empty folder, moves them to their place by rename, and records them. If anything
 * fails, what `fill` made is deleted and what was installed before stays.
 */
export async function place(
  folder: string,
  source: CudaSource,
  fill: (workplace: string) => Promise<readonly UnpackedLibrary[]>,
): Promise<void> {
  const workplace = join(folder, WORKPLACE);
  await rm(workplace, { recursive: true, force: true });
  await mkdir(workplace, { recursive: true });
  try {
    const libraries = await fill(workplace);
    const names = new Set(libraries.map(({ name }) => name));
    const others = (await readReceipt(folder, source)).filter(({ name }) => !names.has(name));
    for (const name of names) await rename(join(workplace, name), join(folder, name));
    const receipt: Receipt = { version: source.version, libraries: [...others, ...libraries] };
    await writeJson(join(folder, RECEIPT), receipt);
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
}

/** Installs ONNX Runtime's own library beside its provider, if it is not there yet. */
export async function placeRuntime(
  { folder, runtimeLibrary }: Placement,
  source: CudaSource,
  signal?: AbortSignal,
): Promise<void> {
  const name = basename(runtimeLibrary);
  const { size: sizeBytes } = await stat(runtimeLibrary);
  const sha256 = await hashFile(runtimeLibrary, () => signal?.throwIfAborted());
  const library = { name, sizeBytes, sha256 };
  const isPlaced = (await readReceipt(folder, source)).some((placed) => placed.name === name);
  if (isPlaced && (await hasBytes(signal)(folder, library))) return;
  await place(folder, source, async (workplace) => {
    await copyFile(runtimeLibrary, join(workplace, name));
    return [library];
  });
}

/** Removes everything; returns whether there was anything. */
export async function removePlacement(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  // The receipt first: what is only half removed does not count as installed.
  await rm(join(folder, RECEIPT), { force: true });
  await rm(folder, { recursive: true, force: true });
  return names.length > 0;
}

/** Removes partial downloads and leftovers of killed runs; installed libraries stay. */
export async function discardParts(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.includes(PART) || one === WORKPLACE)) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Whether a library is unchanged since it was installed. */
type Check = (folder: string, library: UnpackedLibrary) => Promise<boolean>;

const hasSize: Check = async (folder, { name, sizeBytes }) =>
  (await stat(join(folder, name)).catch(() => null))?.size === sizeBytes;

/** Compares every byte, which takes seconds. */
export function hasBytes(signal?: AbortSignal): Check {
  return async (folder, library) => {
    if (!(await hasSize(folder, library))) return false;
    const path = join(folder, library.name);
    return (await hashFile(path, () => signal?.throwIfAborted())) === library.sha256;
  };
}

async function readReceipt(
  folder: string,
  source: CudaSource,
): Promise<readonly UnpackedLibrary[]> {
  const text = await readFile(join(folder, RECEIPT), "utf8").catch(() => "");
  try {
    return parseReceipt(text, source);
  } catch {
    return [];
  }
}

/** Undefined for the libraries of another version. */
function parseReceipt(text: string, { version }: CudaSource): readonly UnpackedLibrary[] {
  const receipt: unknown = JSON.parse(text);
  if (!isObject(receipt) || receipt["version"] !== version) return [];
  const { libraries } = receipt;
  return Array.isArray(libraries) ? libraries.filter(isUnpackedLibrary) : [];
}

function isUnpackedLibrary(value: unknown): value is UnpackedLibrary {
  if (!isObject(value)) return false;
  const { name, sizeBytes, sha256 } = value;
  return typeof name === "string" && typeof sizeBytes === "number" && typeof sha256 === "string";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
