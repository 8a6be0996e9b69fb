import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";

/** The parts of a package in the lock file that decide whether it ships. */
interface LockedPackage {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
}

export interface Staging {
  /** The repository, with everything installed and built. */
  readonly root: string;
  readonly target: string;
  readonly platform: string;
  readonly arch: string;
  /** What is copied besides packages; by default everything that the host needs. */
  readonly parts?: readonly string[];
}

/** What the host needs besides its packages: parts of the repository, or built from it. */
const PARTS = [
  "engine",
  "assets/starter",
  "assets/grpc",
  "assets/fonts",
  "assets/torchserve",
  "assets/nvidia",
  "dist/renderer",
  "package.json",
  "LICENSE",
];

/** What only a studio needs: its pages, the built-in model, and the font of contact sheets. */
const STUDIO_PARTS = new Set(["dist/renderer", "assets/starter", "assets/fonts"]);

/** What a container in place of TorchServe needs; its models come from a bucket. */
export const RUNTIME_PARTS: readonly string[] = PARTS.filter((part) => !STUDIO_PARTS.has(part));

/** Files that no running program reads. */
const IDLE =
  /\.(d\.[cm]?ts|map|md|tsbuildinfo|flow)$|\/(tsconfig\.json|test|tests|docs|example|examples|\.github|CHANGELOG[^/]*)$/i;

/**
 * Copies the studio as a packaged app ships it: the host's sources unchanged, since plain Node runs them, and its
 * packages without other platforms' binaries. It is placed beside app.asar, not in it: Node cannot read archives, and
 * runs no TypeScript below node_modules.
 */
export async function stageStudio(staging: Staging): Promise<void> {
  const { root, target, parts = PARTS } = staging;
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  for (const part of parts) await copy(join(root, part), join(target, part), isRunning);
  for (const folder of await shippedPackages(root)) {
    const filter = (path: string): boolean => isShipped(path, staging);
    await copy(join(root, folder), join(target, folder), filter);
  }
}

/** Folders of the packages that are not only for development; other platforms' packages are not installed. */
async function shippedPackages(root: string): Promise<string[]> {
  const lock: { packages: Record<string, LockedPackage> } = JSON.parse(
    await readFile(join(root, "package-lock.json"), "utf8"),
  );
  const shipped = Object.entries(lock.packages).filter(
    ([folder, { dev, devOptional }]) => folder !== "" && dev !== true && devOptional !== true,
  );
  const missing = shipped.filter(
    ([folder, { optional }]) => optional !== true && !existsSync(join(root, folder)),
  );
  if (missing.length > 0) {
    throw new Error(`Not installed: ${missing.map(([folder]) => folder).join(", ")}. Run npm ci.`);
  }
  return shipped.map(([folder]) => folder).filter((folder) => existsSync(join(root, folder)));
}

async function copy(from: string, to: string, filter: (path: string) => boolean): Promise<void> {
  if (!existsSync(from)) throw new Error(`${from} is missing. Run npm run build first.`);
  const inside = (path: string): string => `/${relative(from, path).split(sep).join("/")}`;
  await cp(from, to, {
    recursive: true,
    filter: (path) => filter(`${basename(from)}${inside(path)}`),
  });
}

function isRunning(path: string): boolean {
  return !IDLE.test(path);
}

/** Whether a file of a package ships, by its path from the package's folder on. */
function isShipped(path: string, { platform, arch }: Staging): boolean {
  // Nested packages are in the lock file separately.
  if (/^[^/]+\/node_modules(\/|$)/.test(path)) return false;
  // Node's package includes headers, manuals and a change log.
  if (/^node-(linux|darwin|win)-/.test(path))
    return /^node-[^/]+\/($|package\.json$|LICENSE$|bin(\/|$))/.test(path);
  const binding = /^onnxruntime-node\/bin\/napi-v\d+\/([^/]+)(?:\/([^/]+))?/.exec(path);
  if (binding !== null) {
    return binding[1] === platform && (binding[2] ?? arch) === arch;
  }
  return isRunning(path);
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "..", "..");
  const { platform, arch } = process;
  const parts = process.argv.includes("--runtime") ? { parts: RUNTIME_PARTS } : {};
  await stageStudio({ root, target: join(root, "dist", "studio"), platform, arch, ...parts });
}
