import { spawn } from "node:child_process";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Why a peer cannot be tested here, in a few words. */
export class Missing extends Error {}

/** Where peers are kept between runs: never in the checkout. */
export function interopCache(env: NodeJS.ProcessEnv = process.env): string {
  const caches = env["XDG_CACHE_HOME"];
  // The XDG specification says to ignore relative paths.
  const root = caches !== undefined && isAbsolute(caches) ? caches : join(homedir(), ".cache");
  return env["DARKROOM_INTEROP_CACHE"] ?? join(root, "darkroom-interop");
}

export async function requireProgram(program: string, ask = "--version"): Promise<void> {
  await runStep(program, [ask], { limitMs: 60_000, what: "" }).catch(() => {
    throw new Missing(`${program} is not on the PATH`);
  });
}

export interface Step {
  readonly limitMs: number;
  /** What it installs, for a message. */
  readonly what: string;
  readonly cwd?: string;
  /** In addition to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A program's output. Throws Missing, with what it was to install, if it fails or takes too long. */
export async function runStep(
  command: string,
  args: readonly string[],
  { limitMs, what, cwd, env = {} }: Step,
): Promise<string> {
  if (limitMs <= 0) throw new Missing(`no time was left to install ${what}`);
  const signal = AbortSignal.timeout(Math.ceil(limitMs));
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    signal,
    cwd,
    env: { ...process.env, ...env },
  });
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
