import { spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { PEERS, type Peer } from "./peers.ts";

/** Why a peer cannot be tried here, in a few words. */
export class Missing extends Error {}

/** Oldest Python that today's packages install on. */
const PYTHON = { major: 3, minor: 10 };

/** Where peers are kept between runs: never inside the checkout. */
export function interopCache(env: NodeJS.ProcessEnv = process.env): string {
  const caches = env["XDG_CACHE_HOME"];
  // The XDG specification has relative paths ignored.
  const root = caches !== undefined && isAbsolute(caches) ? caches : join(homedir(), ".cache");
  return env["DARKROOM_INTEROP_CACHE"] ?? join(root, "darkroom-interop");
}

/** The Python that has a peer's packages, once they are installed. */
export function pythonOf(name: string, cache = interopCache()): string {
  const [folder, file] =
    process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
  return join(cache, name, "venv", folder, file);
}

/**
 * Installs a peer's packages, unless they are there already. Throws Missing where a program is
 * missing or the time, in milliseconds, is over.
 */
export async function install(peer: Peer, limitMs: number): Promise<void> {
  const folder = join(interopCache(), peer.name);
  const stamp = join(folder, "installed.json");
  const wanted = JSON.stringify(peer.pip);
  const deadline = performance.now() + limitMs;
  const left = (): number => deadline - performance.now();
  const python = await findPython();
  for (const program of peer.needs ?? []) await requireProgram(program);
  const lender = PEERS.find(({ name }) => name === peer.sharesWith);
  if (lender !== undefined) await install(lender, left());
  if ((await readFile(stamp, "utf8").catch(() => "")) === wanted) return;
  await rm(stamp, { force: true });
  await mkdir(folder, { recursive: true });
  const isThere = await run(pythonOf(peer.name), ["-m", "pip", "--version"], left(), "").then(
    () => true,
    () => false,
  );
  // What was installed for another version of the row is changed, not fetched again.
  if (!isThere) {
    await run(python, ["-m", "venv", "--clear", join(folder, "venv")], left(), "python3-venv");
  }
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
  await run(pythonOf(peer.name), [...pip, "--prefer-binary", ...peer.pip], left(), peer.size);
  if (lender !== undefined) await lend(lender, peer);
  await writeFile(stamp, wanted);
}

/** Lets one peer see the packages of another, behind its own. */
async function lend(from: Peer, to: Peer): Promise<void> {
  const ask = ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"];
  const [lent = "", own = ""] = await Promise.all(
    [from, to].map(async ({ name }) => (await run(pythonOf(name), ask, 60_000, name)).trim()),
  );
  await writeFile(join(own, "lent.pth"), `${lent}\n`);
}

/** The version of a peer's first package, as it is installed. */
export async function versionOf(peer: Peer): Promise<string> {
  const [name = ""] = (peer.pip[0] ?? "").split(/[[=<>~]/);
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

async function requireProgram(program: string): Promise<void> {
  await run(program, ["--version"], 60_000, "").catch(() => {
    throw new Missing(`${program} is not on the PATH`);
  });
}

/** What a program prints; Missing, naming `what` it was to bring, where it fails or takes too long. */
async function run(
  command: string,
  args: readonly string[],
  limitMs: number,
  what: string,
): Promise<string> {
  if (limitMs <= 0) throw new Missing(`no time was left to install ${what}`);
  const signal = AbortSignal.timeout(Math.ceil(limitMs));
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], signal });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const code = await new Promise<number | null>((resolve) => {
    child.on("error", () => resolve(null)).on("close", resolve);
  });
  if (code === 0) return out;
  const minutes = `${Math.round(limitMs / 6000) / 10} min`;
  throw new Missing(
    signal.aborted
      ? `${what} could not be installed within ${minutes}`
      : `${what} could not be installed: ${lastLine(err) || `${command} did not start`}`,
  );
}

function lastLine(text: string): string {
  const found = text.split("\n").findLast((line) => line.trim() !== "");
  return (found ?? "").trim().slice(0, 200);
}
