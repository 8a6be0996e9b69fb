import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface, type Interface } from "node:readline";

/** A program in another language that does one piece of work for each line it is sent. */
export class LinePeer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcessWithoutNullStreams, lines: Interface) {
    this.#child = child;
    this.#lines = lines[Symbol.asyncIterator]();
  }

  /** Undefined if the program, or something it needs, is missing. */
  static async start(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<LinePeer | undefined> {
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    const failed = new Promise<undefined>((resolve) => {
      child.on("error", () => resolve(undefined)).on("exit", () => resolve(undefined));
    });
    child.stderr.resume();
    const peer = new LinePeer(child, createInterface(child.stdout));
    const first = await Promise.race([peer.#lines.next(), failed]);
    return first?.value === "ready" ? peer : undefined;
  }

  /** Returns the seconds that it measured itself, if it did. */
  async run(work: string): Promise<number | undefined> {
    this.#child.stdin.write(`${work}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("its process has ended");
    const [, seconds] = /^done(?: ([\d.e-]+))?$/.exec(value) ?? [];
    if (!value.startsWith("done")) throw new Error(value.replace(/^failed: /, ""));
    return seconds === undefined ? undefined : Number(seconds);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  close(): void {
    this.#child.kill();
  }
}
