import type { ChildProcess } from "node:child_process";
import { StudioError, type WireError } from "../engine/contract/errors.ts";
import {
  fromHostSchema,
  type FromHost,
  type StudioFolder,
  type ToHost,
} from "../engine/contract/host-pipe.ts";
import type { LentStorage } from "./lent-storage.ts";

/** What the host reports by itself. */
export type Announcement = Extract<FromHost, { kind: "ready" | "failed" | "activity" | "choices" }>;

type Question =
  | { readonly kind: "path-of-image"; readonly imageId: string }
  | { readonly kind: "path-of-folder"; readonly folder: StudioFolder };

const PATIENCE_MS = 10_000;

/** The pipe to one host: sends questions, receives answers and announcements, and encrypts secrets for it. */
export class HostLink {
  readonly #child: ChildProcess;
  readonly #storage: LentStorage;
  readonly #onAnnouncement: (said: Announcement) => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<string>>();
  #lastId = 0;

  constructor(
    child: ChildProcess,
    storage: LentStorage,
    onAnnouncement: (said: Announcement) => void,
  ) {
    this.#child = child;
    this.#storage = storage;
    this.#onAnnouncement = onAnnouncement;
    child.on("message", (message) => this.#heard(message));
    child.once("exit", () => this.#ended());
    this.#send({ kind: "start", vault: storage.kind });
  }

  /** The path of something in the studio; refuses with the host's own message. */
  ask(question: Question): Promise<string> {
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<string>();
    const timer = setTimeout(
      () => answer.reject(new Error("The studio did not answer in time.")),
      PATIENCE_MS,
    );
    this.#waiting.set(id, answer);
    this.#send({ ...question, id });
    return answer.promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(id);
    });
  }

  #send(message: ToHost): void {
    // A closed pipe is followed by the host's exit, which settles pending questions.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Messages of an unknown kind are ignored: a newer host may send them. */
  #heard(message: unknown): void {
    const { data: said } = fromHostSchema.safeParse(message);
    if (said === undefined) return;
    if (said.kind === "path") this.#waiting.get(said.id)?.resolve(said.path);
    else if (said.kind === "refused") this.#waiting.get(said.id)?.reject(refusalOf(said.error));
    else if (said.kind === "seal" || said.kind === "unseal") void this.#lend(said);
    else this.#onAnnouncement(said);
  }

  async #lend({ kind, id, text }: Extract<FromHost, { kind: "seal" | "unseal" }>): Promise<void> {
    // The reason is not passed on: a foreign error could quote the secret.
    const answer = await this.#storage[kind](text).catch(() => null);
    this.#send({ kind: "vault-answer", id, text: answer });
  }

  #ended(): void {
    const gone = new Error("The studio ended before it answered.");
    for (const answer of this.#waiting.values()) answer.reject(gone);
  }
}

function refusalOf({ code, details }: WireError): StudioError {
  return new StudioError(code, details);
}
