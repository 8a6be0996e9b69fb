import { mkdtemp, open, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { StudioError } from "../contract/errors.ts";
import { hashFile } from "../files/hash-file.ts";
import { readDependencies, type Dependencies } from "./elf.ts";
import type { CudaSource } from "./source.ts";
import type { Trust } from "./statement.ts";
import type { PlacedLibrary } from "./unpack.ts";

/** What was placed: kept beside the libraries, written last, so it vouches for all of them. */
export interface Receipt {
  readonly version: string;
  readonly trust: Trust;
  readonly libraries: readonly PlacedLibrary[];
}

const RECEIPT = "darkroom-cuda.json";
const WORKPLACE = ".darkroom-cuda-";

/** Refuses where the folder of onnxruntime-node's binding is not there to receive anything. */
export async function ensureFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory()) return;
  const reason = `there is no folder ${folder}; \`npm ci\` brings it`;
  throw new StudioError("CUDA_UNSUPPORTED", { reason });
}

/**
 * The receipt in `folder` if every library of `source` still is, byte for byte, what the receipt
 * says; null where something is missing, of another version, or changed.
 */
export async function readPlacement(
  folder: string,
  source: CudaSource,
  signal?: AbortSignal,
): Promise<Receipt | null> {
  const receipt = await readReceipt(folder);
  if (receipt?.version !== source.version) return null;
  for (const { name } of source.libraries) {
    const library = receipt.libraries.find((placed) => placed.name === name);
    if (!library || !(await isUnchanged(join(folder, name), library, signal))) return null;
  }
  return receipt;
}

/**
 * Lets `fill` put the libraries into a folder of its own beside their destination, then moves them
 * into place by rename, the receipt last. If anything fails, what `fill` made is gone and what was
 * there before stays.
 */
export async function place(
  folder: string,
  fill: (workplace: string) => Promise<Receipt>,
): Promise<Receipt> {
  await clearWorkplaces(folder);
  const workplace = await mkdtemp(join(folder, WORKPLACE));
  try {
    const receipt = await fill(workplace);
    await writeFile(join(workplace, RECEIPT), `${JSON.stringify(receipt, null, 2)}\n`);
    for (const name of [...receipt.libraries.map((library) => library.name), RECEIPT]) {
      await rename(join(workplace, name), join(folder, name));
    }
    return receipt;
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
}

/** Removes what `place` put there, by the names of `source`, and tells which paths went. */
export async function removePlacement(
  folder: string,
  source: CudaSource,
): Promise<readonly string[]> {
  await clearWorkplaces(folder);
  if ((await readReceipt(folder)) === null) return [];
  const names = [RECEIPT, ...source.libraries.map((library) => library.name)];
  const paths = names.map((name) => join(folder, name));
  for (const path of paths) await rm(path, { force: true });
  return paths;
}

/** What the library at `path` asks of the loader, or null where it is not one for this machine. */
export async function dependenciesOf(path: string): Promise<Dependencies | null> {
  await using file = await open(path, "r");
  return await readDependencies(async (offset, length) => {
    const buffer = new Uint8Array(length);
    const { bytesRead } = await file.read(buffer, 0, length, offset);
    return buffer.subarray(0, bytesRead);
  });
}

async function isUnchanged(
  path: string,
  { sizeBytes, sha256 }: PlacedLibrary,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found?.size !== sizeBytes) return false;
  return (await hashFile(path, () => signal?.throwIfAborted())) === sha256;
}

/** What a killed run left behind. */
async function clearWorkplaces(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((name) => name.startsWith(WORKPLACE))) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function readReceipt(folder: string): Promise<Receipt | null> {
  try {
    const found: unknown = JSON.parse(await readFile(join(folder, RECEIPT), "utf8"));
    return isReceipt(found) ? found : null;
  } catch {
    return null;
  }
}

function isReceipt(value: unknown): value is Receipt {
  if (!isObject(value) || typeof value["version"] !== "string") return false;
  const { trust, libraries } = value;
  const trusted = trust === "pinned in the source" || trust === "stated by the publisher";
  return trusted && Array.isArray(libraries) && libraries.every(isPlacedLibrary);
}

function isPlacedLibrary(value: unknown): value is PlacedLibrary {
  if (!isObject(value)) return false;
  const { name, sizeBytes, sha256 } = value;
  return typeof name === "string" && typeof sizeBytes === "number" && typeof sha256 === "string";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
