import type { Caller } from "./caller.ts";
import type { PictureEvent, PictureJob } from "./picture-engine.ts";

export interface AdmissionRequest {
  readonly job: Omit<PictureJob, "keepsPictures">;
  readonly caller: Caller;
  /** The request's own limit in seconds; the server's limit applies as well. */
  readonly timeLimitSeconds?: number | undefined;
  /** Aborts when the client is gone: its place in the queue, or the device, is then free within two seconds. */
  readonly signal: AbortSignal;
  /** Called when it is the request's turn. */
  readonly onStart?: (() => void) | undefined;
}

/**
 * Admits requests to the device: a bounded queue that is fair to every key. It refuses before anything is yielded: as
 * QUEUE_FULL or TIME_LIMIT, both with the `seconds` after which to try again, or as LIMIT_TOO_SHORT if trying again
 * would not help. If the time limit passes later, it ends with TIMED_OUT. Events must be consumed without delay, since
 * the consumer holds the device.
 */
export interface Admission {
  draw(request: AdmissionRequest): AsyncGenerator<PictureEvent, void>;
}
