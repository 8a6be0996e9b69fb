import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface, type Interface } from "node:readline";

const SCRIPT = new URL("diffusers_peer.py", import.meta.url).pathname;

/** diffusers in a Python process of its own that does one piece of work per line it is sent. */
export class DiffusersPeer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcessWithoutNullStreams, lines: Interface) {
    this.#child = child;
    this.#lines = lines[Symbol.asyncIterator]();
  }

  /** Undefined where this Python has no diffusers. */
  static async start(
    python: string,
    folder: string,
    threads: number,
  ): Promise<DiffusersPeer | undefined> {
    const child = spawn(python, [SCRIPT, folder, String(threads)], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    const failed = new Promise<undefined>((resolve) => {
      child.on("error", () => resolve(undefined)).on("exit", () => resolve(undefined));
    });
    child.stderr.resume();
    const peer = new DiffusersPeer(child, createInterface(child.stdout));
    const first = await Promise.race([peer.#lines.next(), failed]);
    return first?.value === "ready" ? peer : undefined;
  }

  /** `work` is the network, the latents' side and the number type: "unet 64 fp32". */
  async run(work: string): Promise<void> {
    this.#child.stdin.write(`${work}\n`);
    const { value } = await this.#lines.next();
    if (value !== "done") throw new Error(`diffusers could not do ${work}`);
  }

  close(): void {
    this.#child.kill();
  }
}
