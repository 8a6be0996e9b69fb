import { access, copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { interopCache, requireProgram, runStep } from "./install-step.ts";
import type { GoModule, Peer } from "./peers.ts";

/** The program of a peer that is built from Go modules, after its installation. */
export function programOf(name: string, cache = interopCache()): string {
  return join(cache, name, process.platform === "win32" ? `${name}.exe` : name);
}

/**
 * Builds a peer's program, unless it already exists. Throws Missing if Go is missing or the time, in milliseconds, is
 * over.
 */
export async function buildProgram({ name, size }: Peer, go: GoModule, limitMs: number) {
  const deadline = performance.now() + limitMs;
  const folder = join(interopCache(), name);
  const stamp = join(folder, "installed.json");
  // A program of the module itself is built as it is.
  const source = go.main.endsWith(".go") ? join("test/interop", go.main) : undefined;
  const wanted = JSON.stringify([go, source && (await readFile(source, "utf8"))]);
  await requireProgram("go", "version");
  const isBuilt = (await readFile(stamp, "utf8").catch(() => "")) === wanted;
  if (isBuilt && (await isThere(programOf(name)))) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  if (source !== undefined) await copyFile(source, join(folder, "main.go"));
  const run = (...args: readonly string[]): Promise<string> =>
    runStep("go", args, {
      limitMs: deadline - performance.now(),
      what: size,
      cwd: folder,
      env: { CGO_ENABLED: "0", GOFLAGS: "-mod=mod -buildvcs=false", GOWORK: "off" },
    });
  await run("mod", "init", `darkroom-peer/${name}`);
  await run("mod", "edit", `-require=${go.module}@${go.version}`);
  for (const name of go.staged === undefined ? [] : await stagedModules(go, run)) {
    await run("mod", "edit", `-replace=${name}=${name}@${go.staged}`);
  }
  await run(
    "build",
    "-trimpath",
    "-ldflags=-s -w",
    "-o",
    programOf(name),
    source === undefined ? go.main : ".",
  );
  await writeFile(stamp, wanted);
}

type RunGo = (...args: readonly string[]) => Promise<string>;

/** The modules that a module's go.mod replaces by folders of its own tree. */
async function stagedModules({ module, version }: GoModule, run: RunGo) {
  const said = await run("mod", "download", "-json", `${module}@${version}`);
  const { GoMod: file } = JSON.parse(said) as { readonly GoMod: string };
  const text = await readFile(file, "utf8");
  return [...text.matchAll(/^\s*(\S+) => \.\/staging\//gm)].map(([, name = ""]) => name);
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
