import { Worker } from "node:worker_threads";
import { fromWire, StudioError } from "../contract/errors.ts";
import type { Pixels } from "../image/pixels.ts";
import type { EndpointReply } from "../kserve/client/endpoint-reply.ts";
import type { Asked } from "../kserve/client/read-pictures.ts";
import { Turns } from "../files/turns.ts";
import type { EncodedPicture, ReadReply, ThreadReply, ThreadRequest } from "./thread-messages.ts";
import { isSystemError, systemCode } from "../files/system-error.ts";

const PROGRAM = new URL("picture-worker.ts", import.meta.url);

/** The largest reply takes a few seconds on a slow machine. */
const PATIENCE_MS = 60_000;
/** It is cheap to start, and takes memory while it waits. */
const IDLE_MS = 20_000;
/** Numbers are stored outside the heap; the rest of the largest reply needs a fraction of this. */
const MAX_HEAP_MB = 1024;

export interface ThreadTiming {
  readonly patienceMs?: number;
  readonly idleMs?: number;
}

/**
 * Reads replies in a separate thread, so that the studio stays responsive; one at a time, which limits memory. The
 * thread ends after being idle for a while, and is restarted if it fails.
 */
export class PictureThread {
  readonly #turns = new Turns();
  readonly #timing: Required<ThreadTiming>;
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor({ patienceMs = PATIENCE_MS, idleMs = IDLE_MS }: ThreadTiming = {}) {
    this.#timing = { patienceMs, idleMs };
  }

  /** The first picture in a reply, whose body is transferred. Throws the ENDPOINT refusals. */
  async read(reply: EndpointReply, asked: Asked, signal: AbortSignal): Promise<ReadReply> {
    const answer = await this.#ask({ kind: "read", reply, asked }, [reply.body], signal);
    if ("read" in answer) return answer.read;
    throw failureOf(answer);
  }

  /** A PNG of pixels, which are transferred and returned. */
  async encode(pixels: Pixels, signal: AbortSignal): Promise<EncodedPicture> {
    const answer = await this.#ask({ kind: "encode", pixels }, [pixels.data], signal);
    if ("encoded" in answer) return answer.encoded;
    throw failureOf(answer);
  }

  /** Whether the thread is running. */
  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#end();
  }

  #ask(
    request: ThreadRequest,
    given: readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<ThreadReply> {
    return this.#turns.take(async () => {
      signal.throwIfAborted();
      clearTimeout(this.#idle);
      const worker = this.#living();
      const answer = Promise.withResolvers<ThreadReply>();
      const leave = listen(worker, answer, signal);
      const timer = setTimeout(
        () => answer.reject(tooLarge("it takes too long to read")),
        this.#timing.patienceMs,
      );
      try {
        worker.postMessage(request, buffersOf(given));
        return await answer.promise;
      } catch (error) {
        // Its present work is not needed any more.
        await this.#end();
        throw error;
      } finally {
        clearTimeout(timer);
        leave();
        this.#idle = setTimeout(() => void this.#end().catch(() => {}), this.#timing.idleMs);
        this.#idle.unref();
      }
    });
  }

  /** If the system cannot start a thread, that is thrown here or arrives as the thread's error. */
  #living(): Worker {
    try {
      return (this.#worker ??= this.#start());
    } catch (error) {
      throw crashed(systemCode(error) ?? "unknown");
    }
  }

  #start(): Worker {
    const worker = new Worker(PROGRAM, {
      // The bytes are foreign: the thread gets nothing of our environment.
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    worker.unref();
    worker.on("error", () => {});
    worker.on("exit", () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    return worker;
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}

function listen(
  worker: Worker,
  { resolve, reject }: PromiseWithResolvers<ThreadReply>,
  signal: AbortSignal,
): () => void {
  const onError = (error: Error): void => reject(endOf(error));
  const onExit = (): void => reject(crashed("it ended"));
  const onAbort = (): void => reject(signal.reason);
  worker.once("message", resolve);
  worker.once("error", onError);
  worker.once("exit", onExit);
  signal.addEventListener("abort", onAbort, { once: true });
  return () => {
    worker.off("message", resolve);
    worker.off("error", onError);
    worker.off("exit", onExit);
    signal.removeEventListener("abort", onAbort);
  };
}

function buffersOf(arrays: readonly Uint8Array[]): ArrayBuffer[] {
  const whole = arrays.filter(({ length, buffer }) => length === buffer.byteLength);
  return whole.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);
}

/**
 * Why a thread ended: because of what it read, because the system could not start it, or because of an error of ours.
 */
function endOf(error: Error): Error {
  if (isSystemError(error, "ERR_WORKER_OUT_OF_MEMORY"))
    return tooLarge("it takes too much memory to read");
  return isSystemError(error, "ERR_WORKER_INIT_FAILED") ? crashed(error.message) : error;
}

function crashed(reason: string): StudioError {
  return new StudioError("INFERENCE_CRASHED", { doing: "reading the endpoint's reply", reason });
}

function tooLarge(reason: string): StudioError {
  return new StudioError("ENDPOINT_REPLY_TOO_LARGE", { reason });
}

function failureOf(answer: ThreadReply): Error {
  if ("error" in answer) return fromWire(answer.error) ?? new Error(answer.error.message);
  return new Error("failure" in answer ? answer.failure : "an answer to another question");
}
