import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { BackOff } from "./back-off.ts";
import { HostLink, type Announcement } from "./host-link.ts";
import type { LentStorage } from "./lent-storage.ts";

/** How the host is started: with a plain Node binary, never Electron's own, and the studio's command line. */
export interface HostCommand {
  readonly node: string;
  readonly args: readonly string[];
}

export interface HostParts {
  readonly command: HostCommand;
  readonly storage: LentStorage;
  readonly onAnnouncement: (said: Announcement) => void;
  /** Called when it keeps crashing and is not restarted; with its last output. */
  readonly onGivenUp: (lastWords: string) => void;
  readonly backOff?: BackOff;
}

/** The host promises to end within 5 s of being asked. */
const STOP_MS = 7000;
const LAST_WORDS = 4000;

/** Keeps the host running as long as the main process. */
export class HostProcess {
  readonly #parts: HostParts;
  readonly #backOff: BackOff;
  #child: ChildProcess | undefined;
  #link: HostLink | undefined;
  #gone = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #lastWords = "";
  #isWanted = true;

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.#backOff = parts.backOff ?? new BackOff();
  }

  /** Its process id, for tests that kill it. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    this.#lastWords = "";
    try {
      this.#follow(spawnHost(this.#parts.command));
    } catch (error) {
      // The process could not be started, for lack of memory perhaps: counts as an immediate crash.
      this.#noted(`${error instanceof Error ? error.message : String(error)}\n`);
      this.#startAgain();
    }
  }

  #follow(child: ChildProcess): void {
    this.#child = child;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => this.#noted(text));
    child.once("error", (error) => this.#noted(`${error.message}\n`));
    this.#gone = endOf(child).then(() => this.#ended(child));
    this.#link = new HostLink(child, this.#parts.storage, (said) => this.#announced(said));
  }

  /** Starts it again after it was given up. */
  restart(): void {
    this.#backOff.forget();
    this.#isWanted = true;
    this.start();
  }

  /** The path of a picture or folder of the studio. */
  async ask(question: Parameters<HostLink["ask"]>[0]): Promise<string> {
    if (this.#link === undefined) throw new Error("The studio is just starting.");
    return this.#link.ask(question);
  }

  /** Ends it by closing the pipe, and by force if that takes too long; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#isWanted = false;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined) return;
    if (child.connected) child.disconnect();
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await this.#gone.finally(() => clearTimeout(timer));
  }

  /** A refusal to start, such as because another process owns the data folder, is not retried. */
  #announced(said: Announcement): void {
    if (said.kind === "failed") this.#isWanted = false;
    this.#parts.onAnnouncement(said);
  }

  #noted(text: string): void {
    process.stderr.write(text);
    this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS);
  }

  #ended(child: ChildProcess): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#link = undefined;
    if (this.#isWanted) this.#startAgain();
  }

  #startAgain(): void {
    const pauseMs = this.#backOff.died();
    if (pauseMs === undefined) this.#parts.onGivenUp(this.#lastWords);
    else this.#timer = setTimeout(() => this.start(), pauseMs);
  }
}

/** How long its last output can take to arrive after its end. */
const WORDS_MS = 500;

/**
 * Resolves when it has ended and its last output was read, or when it could not be started. Node emits no `close` once
 * this side has disconnected the pipe.
 */
async function endOf(child: ChildProcess): Promise<void> {
  const words = new Promise<void>((resolve) => child.stderr?.once("close", () => resolve()));
  await new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
  await Promise.race([words, wait(WORDS_MS, undefined, { ref: false })]);
}

/** Variables that would change how a plain Node runs. */
const UNWANTED = /^(ELECTRON_\w+|NODE_OPTIONS|NODE_CHANNEL_\w+)$/;

/** Its memory contains tokens: if the shell supports it, core dumps are disabled. */
function spawnHost({ node, args }: HostCommand): ChildProcess {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !UNWANTED.test(name)),
  );
  const stdio: StdioOptions = ["ignore", "ignore", "pipe", "ipc"];
  if (process.platform === "win32") return spawn(node, args, { env, stdio, windowsHide: true });
  return spawn("/bin/sh", ["-c", 'ulimit -c 0; exec "$@"', "sh", node, ...args], { env, stdio });
}
