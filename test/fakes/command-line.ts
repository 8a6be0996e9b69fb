import { spawn } from "node:child_process";

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Run {
  /** Called with output as it arrives; may interrupt the program. */
  readonly onOutput?: (text: string, pid: number) => void;
  /** Text for the standard input. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the command line until it ends. */
export async function darkroom(args: readonly string[], run: Run = {}): Promise<Outcome> {
  const { onOutput = () => {}, input, env = {} } = run;
  const child = spawn(process.execPath, ["engine/cli.ts", ...args], {
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  child.stdin?.end(input);
  let out = "";
  let err = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    onOutput(text, child.pid!);
  });
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, out, err };
}

/** Parses the output of `--json`. */
export function lines(out: string): Record<string, unknown>[] {
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
