import { realpath, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { absentFiles, MAX_MANIFEST_BYTES, noManifest, readManifest } from "../archive/manifest.ts";
import { MANIFEST } from "../archive/member.ts";
import { modelPlace, placeInZip } from "../archive/model-place.ts";
import { refusal, type ArchiveName } from "../archive/refusals.ts";
import { ARCHIVE_ENDING, type Manifest } from "../contract/archives.ts";
import { StudioError } from "../contract/errors.ts";
import { layoutOf, LIKED_VARIANTS } from "../snapshot/layout.ts";
import { isPickle } from "../snapshot/weight-files.ts";
import { fileSource, readBytes, type ByteSource } from "./byte-source.ts";
import type { Container } from "./container.ts";
import { openFolder } from "./folder.ts";
import { openTarGz } from "./tar.ts";
import { openZip } from "./zip.ts";

/** An opened archive: its directory and manifest have been read and checked, and no other file. */
export interface Archive {
  readonly format: "zip" | "tar.gz" | "folder";
  /** Size of the file, or of all files in a folder. */
  readonly sizeBytes: number;
  readonly container: Container;
  readonly manifest: Manifest;
  /** Files that the manifest names and the archive lacks. */
  readonly absent: readonly string[];
}

/** An archive on this machine. */
export interface LocalArchive extends Archive {
  /** Real path of the file or folder. */
  readonly path: string;
}

/** The model in an archive: only the files that belong to it, in one variant. */
export interface ArchivedModel {
  /** The archive, or the zip inside it. */
  readonly container: Container;
  /** Path of the inner zip; absent if the model's files are directly in the archive. */
  readonly zip?: string;
  readonly files: readonly ModelMember[];
  /** Its int8 weights: useful, but never required. */
  readonly int8: readonly ModelMember[];
  /** Files that are left out because opening one runs the code in it. */
  readonly pickles: readonly string[];
}

export interface ModelMember {
  /** Its path in the snapshot. */
  readonly path: string;
  /** Its path in the container. */
  readonly member: string;
  readonly sizeBytes: number;
}

/** Whether a path is an archive rather than a folder in diffusers layout or one model file. */
export async function isArchive(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) {
    return (await stat(join(path, MANIFEST)).catch(() => undefined))?.isFile() ?? false;
  }
  const name = basename(path);
  if (found === undefined) return ARCHIVE_ENDING.test(name);
  return found.isFile() && !name.endsWith(".safetensors") && !isPickle(name);
}

/**
 * Opens a `.mar`, a `.tar.gz` or a folder in torch-model-archiver's form; `called` replaces its name in messages.
 * Refuses as NOT_FOUND, ARCHIVE_DAMAGED, ARCHIVE_UNSAFE, ARCHIVE_TOO_LARGE or ARCHIVE_MANIFEST_INVALID.
 */
export async function openArchive(given: string, called?: ArchiveName): Promise<LocalArchive> {
  const path = await realpath(given).catch(() => undefined);
  if (path === undefined) throw new StudioError("NOT_FOUND", { what: "archive", id: given });
  const name = called ?? basename(path);
  const found = await stat(path);
  if (!found.isDirectory()) {
    return { path, ...(await openArchiveFile(fileSource(path, found.size), name)) };
  }
  const container = await openFolder(path, name);
  const sizeBytes = sum(container.members.map((member) => member.sizeBytes));
  return { path, ...(await opened({ format: "folder", container }, sizeBytes)) };
}

/** Opens an archive that is one file, from any source. Refuses like openArchive. */
export async function openArchiveFile(source: ByteSource, name: ArchiveName): Promise<Archive> {
  return opened(await openFile(source, name), source.sizeBytes);
}

async function opened(
  { format, container }: Pick<Archive, "format" | "container">,
  sizeBytes: number,
): Promise<Archive> {
  const manifest = await manifestOf(container);
  const absent = absentFiles(manifest, container.members);
  return { format, sizeBytes, container, manifest, absent };
}

async function openFile(
  source: ByteSource,
  name: string,
): Promise<Pick<Archive, "format" | "container">> {
  if (source.sizeBytes === 0) throw refusal("ARCHIVE_DAMAGED", name, "it is empty");
  const first = await readBytes(source, 0, 2);
  const isGzip = first.length === 2 && first.readUInt16BE(0) === 0x1f8b;
  if (isGzip) return { format: "tar.gz", container: await openTarGz(source, name) };
  const isPlain = first.length < 2 || first.toString("latin1") !== "PK";
  if (isPlain && source.sizeBytes < 22) {
    throw refusal("ARCHIVE_DAMAGED", name, "it is neither a zip nor a tar.gz");
  }
  return { format: "zip", container: await openZip(source, name) };
}

async function manifestOf(container: Container): Promise<Manifest> {
  const { name, members } = container;
  const member = members.find(({ path }) => path === MANIFEST);
  if (member === undefined) throw noManifest(members, name);
  if (member.sizeBytes > MAX_MANIFEST_BYTES) {
    const reason = `it has ${member.sizeBytes} bytes, more than ${MAX_MANIFEST_BYTES}`;
    throw refusal("ARCHIVE_MANIFEST_INVALID", name, reason);
  }
  return readManifest(await readWhole(container, MANIFEST), name);
}

/** A file of at most a MiB as text; undefined if there is no such file. */
export async function readSmallFile(
  container: Container,
  path: string,
): Promise<string | undefined> {
  const member = container.members.find((one) => one.path === path);
  if (member === undefined || member.sizeBytes > MAX_MANIFEST_BYTES) return undefined;
  return (await readWhole(container, path)).toString("utf8");
}

async function readWhole(container: Container, path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const { content } of container.walk(new Set([path]))) {
    for await (const chunk of content) chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Reads every member and compares its size and checksum; returns the number of bytes read. */
export async function checkArchive(
  container: Container,
  onProgress: (doneBytes: number, totalBytes: number) => void,
): Promise<number> {
  const paths = new Set(container.members.map(({ path }) => path));
  const totalBytes = sum(container.members.map((member) => member.sizeBytes));
  let doneBytes = 0;
  for await (const { content } of container.walk(paths)) {
    for await (const chunk of content) onProgress((doneBytes += chunk.length), totalBytes);
  }
  return doneBytes;
}

/**
 * Finds the model in an archive by names and sizes alone. Refuses as ARCHIVE_WITHOUT_MODEL,
 * ARCHIVE_FLATTENED, PICKLE_REFUSED or SNAPSHOT_INCOMPLETE.
 */
export async function findModel({ container, manifest }: Archive): Promise<ArchivedModel> {
  const { name, members } = container;
  const place = modelPlace(members, manifest, name);
  if (place.kind === "folder") return modelAt(container, place.prefix);
  const inner = await openZip(container.sourceOf(place.path), `${name}/${place.path}`);
  const prefix = placeInZip(inner.members, inner.name);
  return { ...modelAt(inner, prefix), zip: place.path };
}

function modelAt(container: Container, prefix: string): ArchivedModel {
  const sizes = new Map(
    container.members
      .filter(({ path }) => path.startsWith(prefix))
      .map(({ path, sizeBytes }) => [path.slice(prefix.length), sizeBytes]),
  );
  const { paths, int8, pickles } = layoutOf([...sizes.keys()], LIKED_VARIANTS);
  const memberOf = (path: string): ModelMember => {
    return { path, member: `${prefix}${path}`, sizeBytes: sizes.get(path) ?? 0 };
  };
  return { container, files: paths.map(memberOf), int8: int8.map(memberOf), pickles };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
