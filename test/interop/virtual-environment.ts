import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { interopCache, Missing, requireProgram, runStep } from "./install-step.ts";
import { PEERS, type Peer } from "./peers.ts";

/** Oldest Python that the current packages can be installed on. */
const PYTHON = { major: 3, minor: 10 };

/** The Python with a peer's packages, after their installation. */
export function pythonOf(name: string, cache = interopCache()): string {
  const [folder, file] =
    process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
  return join(cache, name, "venv", folder, file);
}

/**
 * Installs a peer's packages, unless they are installed already. Throws Missing if a program is missing or the time, in
 * milliseconds, is over.
 */
export async function installPackages(peer: Peer, limitMs: number): Promise<void> {
  const { pip: packages = [] } = peer;
  const folder = join(interopCache(), peer.name);
  const stamp = join(folder, "installed.json");
  const wanted = JSON.stringify(packages);
  const deadline = performance.now() + limitMs;
  const left = (): number => deadline - performance.now();
  const python = await findPython();
  for (const program of peer.needs ?? []) await requireProgram(program);
  const lender = PEERS.find(({ name }) => name === peer.sharesWith);
  if (lender !== undefined) await installPackages(lender, left());
  if ((await readFile(stamp, "utf8").catch(() => "")) === wanted) return;
  await rm(stamp, { force: true });
  await mkdir(folder, { recursive: true });
  const isThere = await run(pythonOf(peer.name), ["-m", "pip", "--version"], left(), "").then(
    () => true,
    () => false,
  );
  // An environment of another version of the row is updated, not installed from the start.
  if (!isThere) {
    await run(python, ["-m", "venv", "--clear", join(folder, "venv")], left(), "python3-venv");
  }
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
  await run(pythonOf(peer.name), [...pip, "--prefer-binary", ...packages], left(), peer.size);
  if (lender !== undefined) await lend(lender, peer);
  await writeFile(stamp, wanted);
}

/** Makes one peer's packages visible to another, after its own. */
async function lend(from: Peer, to: Peer): Promise<void> {
  const ask = ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"];
  const [lent = "", own = ""] = await Promise.all(
    [from, to].map(async ({ name }) => (await run(pythonOf(name), ask, 60_000, name)).trim()),
  );
  await writeFile(join(own, "lent.pth"), `${lent}\n`);
}

/** The installed version of a peer's first package. */
export async function packageVersion(peer: Peer): Promise<string> {
  const [name = ""] = (peer.pip?.[0] ?? "").split(/[[=<>~]/);
  const ask = `import importlib.metadata as m; print(m.version(${JSON.stringify(name)}))`;
  return (await run(pythonOf(peer.name), ["-c", ask], 60_000, name)).trim();
}

async function findPython(): Promise<string> {
  const { major, minor } = PYTHON;
  const check = `import sys, venv, ensurepip; sys.exit(sys.version_info < (${major}, ${minor}))`;
  for (const python of ["python3", "python"]) {
    const found = await run(python, ["-c", check], 60_000, "").catch(() => undefined);
    if (found !== undefined) return python;
  }
  throw new Missing(`no Python ${major}.${minor} or newer with venv is on the PATH`);
}

function run(command: string, args: readonly string[], limitMs: number, what: string) {
  return runStep(command, args, { limitMs, what });
}
