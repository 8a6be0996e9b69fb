import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { installCuda, type CudaMachine, type CudaOptions } from "../../engine/cuda/install.ts";
import { packageIndex } from "../../engine/cuda/package-index.ts";
import { CUDA_SOURCE, nameOf, type CudaSource, type Wheel } from "../../engine/cuda/source.ts";
import { noise } from "./noise.ts";
import { serveBytes, type Answer, type Serving } from "./stand-in-host.ts";
import { zipOf, type ZipEntry } from "./zip-writer.ts";

/** A wheel's bytes, and the pinned facts about it. */
export interface SmallWheel {
  readonly wheel: Wheel;
  readonly bytes: Uint8Array;
}

/** The content of a library in a small wheel. */
export function contentOf(name: string): Uint8Array {
  return Buffer.concat([Buffer.from(name), noise(20_000 + 1_000 * name.length)]);
}

/** A wheel's entries as its publisher packs them: libraries among Python, headers and a licence. */
export function entriesOf({
  project,
  libraries,
}: Pick<Wheel, "project" | "libraries">): ZipEntry[] {
  return [
    { name: "nvidia/__init__.py", data: Buffer.from(""), stored: true },
    ...libraries.map((library) => ({ name: library.path, data: contentOf(nameOf(library)) })),
    { name: `${project}.dist-info/licenses/License.txt`, data: Buffer.from("End User") },
    { name: `${project}.dist-info/RECORD`, data: Buffer.from("libraries,sha256=") },
  ];
}

/** A small wheel with the paths of a real one. */
export function smallWheel(real: Wheel, entries = entriesOf(real)): SmallWheel {
  const bytes = zipOf(entries);
  const libraries = real.libraries.map((library) => {
    return { ...library, sizeBytes: contentOf(nameOf(library)).byteLength };
  });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { wheel: { ...real, sizeBytes: bytes.byteLength, sha256, libraries }, bytes };
}

export const WHEELS: readonly SmallWheel[] = CUDA_SOURCE.wheels.map((real) => smallWheel(real));

export const SMALL_SOURCE = sourceOf(WHEELS);

export const LIBRARIES = CUDA_SOURCE.wheels.flatMap(({ libraries }) => libraries.map(nameOf));

export function sourceOf(wheels: readonly SmallWheel[]): CudaSource {
  return { version: CUDA_SOURCE.version, wheels: wheels.map(({ wheel }) => wheel) };
}

export interface IndexServing {
  readonly wheels?: readonly SmallWheel[];
  /** How a wheel is served; `count` is 1 for its first request. */
  readonly serving?: (file: string, count: number) => Serving | undefined;
  /** Answers in HTML, like mirrors without JSON. */
  readonly isHtml?: boolean;
}

/** A package index with its files, as the public one and its mirrors answer. */
export function indexAnswer({
  wheels = WHEELS,
  serving,
  isHtml = false,
}: IndexServing = {}): Answer {
  const counts = new Map<string, number>();
  return (response, request, count) => {
    const path = decodeURIComponent(request.url ?? "");
    const page = wheels.find(({ wheel }) => path === `/simple/${wheel.project}/`);
    if (page !== undefined) return void response.end(pageOf(page.wheel, isHtml));
    const found = wheels.find(({ wheel }) => path === `/files/${wheel.file}`);
    if (found === undefined) return void response.writeHead(404).end();
    const { file } = found.wheel;
    counts.set(file, (counts.get(file) ?? 0) + 1);
    serveBytes(found.bytes, serving?.(file, counts.get(file) ?? 1))(response, request, count);
  };
}

function pageOf({ file, sha256 }: Wheel, isHtml: boolean): string {
  const url = `../../files/${file}#sha256=${sha256}`;
  const older = file.replace(/-\d/, "-0");
  if (isHtml) {
    return `<!DOCTYPE html><html><body><a href="../../files/${older}">${older}</a><br/>
      <a data-requires-python="&gt;=3.8" href="${url}" data-core-metadata="sha256=00" >${file}</a></body></html>`;
  }
  const files = [older, file].map((filename) => ({ filename, url, hashes: { sha256 }, size: 1 }));
  return JSON.stringify({ meta: { "api-version": "1.1" }, files });
}

export interface Workshop {
  readonly folder: string;
  readonly runtimeLibrary: string;
}

/** A data folder's place for libraries, and a stand-in for ONNX Runtime's own. */
export function workshopIn(root: string): Workshop {
  const runtimeLibrary = join(root, "libonnxruntime.so.1");
  writeFileSync(runtimeLibrary, contentOf("libonnxruntime.so.1"));
  return { folder: join(root, "data", "cuda"), runtimeLibrary };
}

/** A Linux machine that meets all requirements. */
export const GOOD_MACHINE: CudaMachine = {
  platform: "linux-x64",
  freeBytes: async () => 1e12,
  nvidiaSmi: async () => "NVIDIA L40, 595.91.07, 8.9\n",
};

/** Installs the small wheels from a host on this machine; `changes` add difficulties. */
export function installFrom(url: string, shop: Workshop, changes: Partial<CudaOptions> = {}) {
  return installCuda({
    ...shop,
    acceptsLicence: true,
    source: SMALL_SOURCE,
    index: packageIndex(`${url}/simple`),
    machine: GOOD_MACHINE,
    probe: async () => ({ ok: true }),
    pausesMs: [],
    ...changes,
  });
}
