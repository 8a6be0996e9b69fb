import { access, constants, open, readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { z } from "zod";

/** What an app was packaged for, in Node's terms. */
export interface PackageTarget {
  readonly platform: string;
  readonly arch: string;
}

/** Something that a packaged app needs, and the pattern of its path in the resources. */
type Need = readonly [what: string, path: RegExp];

const IN_ARCHIVE: readonly Need[] = [
  ["the app's description", /^package\.json$/],
  ["the window's script", /^dist\/electron\/main\.js$/],
  ["the preload script", /^dist\/electron\/preload\.cjs$/],
  ["the icon", /^assets\/icons\/icon\.png$/],
  ["the tray's icon", /^assets\/icons\/tray\.png$/],
];

function besideArchive({ platform, arch }: PackageTarget): Need[] {
  const here = `${platform}-${arch}`;
  const modules = "studio/node_modules";
  return [
    ["the studio's command line", /^studio\/engine\/cli\.ts$/],
    ["the host", /^studio\/engine\/host\.ts$/],
    ["the inference process", /^studio\/engine\/runtime\/inference-process\.ts$/],
    ["the keyring's process", /^studio\/engine\/secrets\/keyring-process\.ts$/],
    ["the studio's package.json, which says that it is made of modules", /^studio\/package\.json$/],
    ["the licence", /^studio\/LICENSE$/],
    ["the pages", /^studio\/dist\/renderer\/index\.html$/],
    ["the starter model", /^studio\/assets\/starter\/snapshot\/model_index\.json$/],
    ["the starter's weights", /^studio\/assets\/starter\/snapshot\/unet\/.+\.safetensors$/],
    ["the definition of gRPC", /^studio\/assets\/grpc\/inference\.proto$/],
    ["Node for this platform", nodeBinary({ platform, arch })],
    [
      "ONNX Runtime's binding",
      new RegExp(`^${modules}/onnxruntime-node/bin/napi-v\\d+/${platform}/${arch}/[^/]+\\.node$`),
    ],
    [
      "ONNX Runtime's library",
      new RegExp(
        `^${modules}/onnxruntime-node/bin/napi-v\\d+/${platform}/${arch}/(lib)?onnxruntime\\.[^/]+$`,
      ),
    ],
    ["sharp's binding", new RegExp(`^${modules}/@img/sharp-${here}/.+\\.node$`)],
    ["libvips", new RegExp(`^${modules}/@img/sharp-.*${here}/lib/libvips[^/]+$`)],
    ["the keyring's binding", new RegExp(`^${modules}/@napi-rs/keyring-${here}[^/]*/.+\\.node$`)],
  ];
}

function nodeBinary({ platform, arch }: PackageTarget): RegExp {
  const system = platform === "win32" ? "win" : platform;
  return new RegExp(`^studio/node_modules/node-(bin-)?${system}-${arch}/bin/node(\\.exe)?$`);
}

/** What would only make it larger, or belongs to the build machine. */
const UNWANTED: readonly Need[] = [
  ["a package for development", /^studio\/node_modules\/(electron|vite|vitest|typescript)\//],
  ["tests", /^studio\/(test|engine\/.*\.test\.ts)/],
  ["a person's data", /\.(sqlite|log)$|(^|\/)(secrets|tokens|settings)\.json$/],
];

const NATIVE = /\.(node|dll|dylib|exe|so(\.[\d.]+)?)$/;
const PLATFORMS = new Set(["linux", "linuxmusl", "darwin", "win32", "win", "freebsd", "android"]);
const ARCHES = new Set(["x64", "arm64", "arm", "ia32", "ppc64", "riscv64", "s390x"]);

/**
 * Everything that is wrong with a packaged app, one sentence each; empty if it is complete. `resources` is the folder
 * with app.asar.
 */
export async function checkPackage(resources: string, target: PackageTarget): Promise<string[]> {
  const files = await filesIn(resources);
  const archived = await filesInArchive(join(resources, "app.asar"));
  return [
    ...lacking("app.asar", archived, IN_ARCHIVE),
    ...archived
      .filter((path) => path.includes("node_modules/"))
      .slice(0, 1)
      .map((path) => `app.asar holds packages, which plain Node cannot read there: ${path}.`),
    ...lacking("The package", files, besideArchive(target)),
    ...UNWANTED.flatMap(([what, path]) =>
      files.filter((file) => path.test(file)).map((file) => `It holds ${what}: ${file}.`),
    ),
    ...files
      .filter((file) => NATIVE.test(file) && isForeign(file, target))
      .map((file) => `It holds a binary of another platform: ${file}.`),
    ...(await emptyOrIdle(resources, files, target)),
  ];
}

function lacking(where: string, files: readonly string[], needs: readonly Need[]): string[] {
  return needs
    .filter(([, path]) => !files.some((file) => path.test(file)))
    .map(([what]) => `${where} lacks ${what}.`);
}

/** Whether its path names another system or architecture. */
function isForeign(file: string, { platform, arch }: PackageTarget): boolean {
  const words = file.split(/[/_.-]/);
  const system = platform === "win32" ? ["win32", "win"] : [platform];
  return words.some(
    (word) =>
      (PLATFORMS.has(word) && !system.includes(word)) || (ARCHES.has(word) && word !== arch),
  );
}

/** Native files without content, and a Node that is not executable. */
async function emptyOrIdle(
  resources: string,
  files: readonly string[],
  target: PackageTarget,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const file of files.filter((file) => NATIVE.test(file))) {
    if ((await stat(join(resources, file))).size === 0) wrong.push(`${file} is empty.`);
  }
  if (target.platform === "win32") return wrong;
  for (const file of files.filter((file) => nodeBinary(target).test(file))) {
    const mayRun = await access(join(resources, file), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!mayRun) wrong.push(`${file} may not be run.`);
  }
  return wrong;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => path.split(sep).join("/"));
}

interface ArchiveFolder {
  readonly files?: Readonly<Record<string, ArchiveFolder>> | undefined;
}
const archiveSchema: z.ZodType<ArchiveFolder> = z.object({
  get files() {
    return z.record(z.string(), archiveSchema).optional();
  },
});

/** Paths in an asar archive: 16 bytes of lengths, the last of which is that of the JSON after them. */
async function filesInArchive(path: string): Promise<string[]> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return [];
  try {
    const lengths = Buffer.alloc(16);
    await file.read(lengths, 0, 16, 0);
    const header = Buffer.alloc(Math.min(lengths.readUInt32LE(12), 16 << 20));
    await file.read(header, 0, header.length, 16);
    return pathsIn(archiveSchema.parse(JSON.parse(header.toString())));
  } finally {
    await file.close();
  }
}

function pathsIn({ files = {} }: ArchiveFolder): string[] {
  return Object.entries(files).flatMap(([name, entry]) =>
    entry.files === undefined ? [name] : pathsIn(entry).map((path) => `${name}/${path}`),
  );
}
