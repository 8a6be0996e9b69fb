import { join } from "node:path";
import type { OpenPicture } from "./pictures-route.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import { StudioError, toWire } from "../contract/errors.ts";
import {
  toHostSchema,
  type FromHost,
  type StudioFolder,
  type ToHost,
} from "../contract/host-pipe.ts";

/** The parts of Node's pipe to the parent process that are used. */
export interface ParentChannel {
  send?(message: unknown, callback: (error: Error | null) => void): boolean;
  disconnect?(): void;
  readonly connected?: boolean;
  on(event: "message", listener: (message: unknown) => void): unknown;
  on(event: "disconnect", listener: () => void): unknown;
}

/** A vault in the desktop shell; see engine/secrets. */
export interface PipedVault {
  readonly kind: "safe-storage" | "basic-text";
  seal(secret: string): Promise<string>;
  unseal(sealed: string): Promise<string>;
}

/** What the desktop's main process may ask the host. */
export interface PathFinder {
  pathOfImage(id: string): Promise<string>;
  pathOfFolder(folder: StudioFolder): Promise<string>;
}

/** The desktop's main process sends `start` at once; after this time the parent is not ours. */
const START_MS = 10_000;

/** The host's end of the pipe to the desktop. Messages outside the contract are dropped. */
export class HostPipe {
  readonly #channel: ParentChannel;
  readonly #start = Promise.withResolvers<Extract<ToHost, { kind: "start" }>>();
  readonly #closed = Promise.withResolvers<void>();
  readonly #questions = new Map<number, (text: string | null) => void>();
  #finder: PathFinder | undefined;
  #lastId = 0;

  constructor(channel: ParentChannel) {
    this.#channel = channel;
    channel.on("message", (message) => {
      const { data } = toHostSchema.safeParse(message);
      if (data !== undefined) this.#receive(data);
    });
    channel.on("disconnect", () => {
      for (const settle of this.#questions.values()) settle(null);
      this.#closed.resolve();
    });
  }

  /** Resolves when the other end has closed: the host is then not needed any more. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Waits for the desktop's first message; undefined if it lends no vault. */
  async lentVault(): Promise<PipedVault | undefined> {
    const late = setTimeout(() => {
      this.#start.reject(new StudioError("INTERNAL", { reason: "the desktop did not say start" }));
    }, START_MS);
    const { vault } = await this.#start.promise.finally(() => clearTimeout(late));
    if (vault === null) return undefined;
    return {
      kind: vault,
      seal: (secret) => this.#ask("seal", secret),
      unseal: (sealed) => this.#ask("unseal", sealed),
    };
  }

  ready(url: string, token: string, finder: PathFinder): void {
    this.#finder = finder;
    this.#send({ kind: "ready", url, token, pid: process.pid });
  }

  /** Sends the last message and closes the pipe. */
  failed(error: unknown): void {
    this.#send({ kind: "failed", error: toWire(error) }, () => this.close());
  }

  /** An open pipe would keep this process running. */
  close(): void {
    if (this.#channel.connected === true) this.#channel.disconnect?.();
  }

  /** Sends what the shell shows or decides by. */
  tell(news: Extract<FromHost, { kind: "activity" | "choices" }>): void {
    this.#send(news);
  }

  #receive(message: ToHost): void {
    if (message.kind === "start") this.#start.resolve(message);
    else if (message.kind === "vault-answer") this.#questions.get(message.id)?.(message.text);
    else void this.#answer(message);
  }

  async #answer(question: Extract<ToHost, { kind: "path-of-image" | "path-of-folder" }>) {
    const { id } = question;
    try {
      if (this.#finder === undefined) throw new StudioError("INTERNAL", { reason: "not ready" });
      const path =
        question.kind === "path-of-image"
          ? await this.#finder.pathOfImage(question.imageId)
          : await this.#finder.pathOfFolder(question.folder);
      this.#send({ kind: "path", id, path });
    } catch (error) {
      this.#send({ kind: "refused", id, error: toWire(error) });
    }
  }

  async #ask(kind: "seal" | "unseal", text: string): Promise<string> {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<string | null>();
    this.#questions.set(id, resolve);
    // A closed pipe will never reply.
    this.#send({ kind, id, text }, (error) => error && resolve(null));
    const answer = await promise.finally(() => this.#questions.delete(id));
    if (answer === null) throw new Error("the desktop's vault refused");
    return answer;
  }

  #send(message: FromHost, onSent: (error: Error | null) => void = () => {}): void {
    // A failed send would end this process; a closed pipe is noticed elsewhere.
    this.#channel.send?.(message, onSent);
  }
}

/** Finds files and folders for the desktop, by ids and never by paths. */
export function pathFinder(studio: StudioClient, openPicture: OpenPicture): PathFinder {
  return {
    async pathOfImage(id) {
      const picture = await openPicture("image", id);
      if ("path" in picture) return picture.path;
      throw new StudioError("NOT_FOUND", { what: "picture", id });
    },
    async pathOfFolder(folder) {
      const { dataFolder, pictureFolder } = await studio.machine.get();
      const paths = {
        data: dataFolder,
        pictures: pictureFolder,
        models: join(dataFolder, "models"),
      };
      return paths[folder];
    },
  };
}
