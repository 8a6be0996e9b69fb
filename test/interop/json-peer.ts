import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { pythonOf } from "./virtual-environment.ts";

/**
 * A peer's Python program that reads one JSON object a line and answers each with one: `{ok}` with the result, or
 * `{failed}` with the exception.
 */
export class JsonPeer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #error = "";

  private constructor(python: string, args: readonly string[]) {
    this.#child = spawn(python, args);
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#error += text));
    // A program that has ended is noticed by its missing answer.
    this.#child.stdin.on("error", () => {});
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** Starts `script`, a file of this folder, with the peer's packages; stops it when the test ends. */
  static start(peer: string, script: string, ...args: readonly string[]): JsonPeer {
    const python = pythonOf(peer);
    if (!existsSync(python)) {
      throw new Error(`${peer} is not installed: run npm run test:interop -- ${peer}`);
    }
    const file = fileURLToPath(new URL(script, import.meta.url));
    const started = new JsonPeer(python, [file, ...args]);
    onTestFinished(() => void started.#child.kill());
    return started;
  }

  async ask(request: object): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`the peer has ended: ${this.#error.slice(-2000)}`);
    const answer = JSON.parse(value) as { readonly ok?: unknown; readonly failed?: string };
    if (answer.failed !== undefined) throw new Error(`the peer failed: ${answer.failed}`);
    return answer.ok;
  }
}
