import type { Caller } from "./caller.ts";
import type { PictureEvent, PictureJob } from "./picture-engine.ts";

export interface AdmissionRequest {
  readonly job: Omit<PictureJob, "keepsPictures">;
  readonly caller: Caller;
  /** Of the request alone, in seconds; the server's own limit holds besides. */
  readonly timeLimitSeconds?: number | undefined;
  /** Fires when the client is gone: the place in the queue, or the device, is free within two seconds. */
  readonly signal: AbortSignal;
  /** Told when it is the request's turn. */
  readonly onStart?: (() => void) | undefined;
}

/**
 * What lets requests through to the device: a bounded queue, fair to every key. Refuses before
 * anything is yielded, as QUEUE_FULL or TIME_LIMIT, both with `seconds` after which trying again
 * makes sense, or as LIMIT_TOO_SHORT where it never does; where the limit passes meanwhile, it ends as TIMED_OUT. What is yielded is to be read
 * without delay, since its reader has the device.
 */
export interface Admission {
  draw(request: AdmissionRequest): AsyncGenerator<PictureEvent, void>;
}
