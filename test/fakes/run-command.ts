import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** A program's output, and how it ended. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  /** In addition to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program until it ends. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env = {} }: RunOptions,
): Promise<Ran> {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout: await stdout, stderr: await stderr };
}
