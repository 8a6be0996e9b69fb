import type { ServerSettings } from "../contract/server.ts";
import type { AdmissionRequest } from "./admission.ts";
import type { Waiter } from "./fair-line.ts";
import type { PictureJob } from "./picture-engine.ts";
import { Work } from "./work.ts";

/** A request in front of the device. */
export interface Ticket extends Waiter {
  readonly job: PictureJob;
  readonly arrivedMs: number;
  /** From when it came; infinite where there is none. */
  readonly limitSeconds: number;
  /** Cancels what it waits for, or draws, with the reason. */
  readonly abort: AbortController;
  readonly work: Work;
  /** Its next turn at the device. */
  turn: PromiseWithResolvers<void>;
  /** Whether it may begin: its limit was looked at. */
  isChecked: boolean;
}

/** A request that has just come. */
export function newTicket(
  { job, caller, timeLimitSeconds = Infinity }: AdmissionRequest,
  settings: Pick<ServerSettings, "timeLimitSeconds">,
  nowMs: number,
): Ticket {
  return {
    callerId: caller.id,
    job: { ...job, keepsPictures: caller.keepsPictures },
    arrivedMs: nowMs,
    limitSeconds: Math.min(settings.timeLimitSeconds ?? Infinity, timeLimitSeconds),
    abort: new AbortController(),
    work: new Work(job.requests.reduce((sum, { count = 1 }) => sum + count, 0)),
    turn: newTurn(),
    isChecked: false,
  };
}

/** A turn to wait for. Whoever is refused before waiting for it must not end the process. */
export function newTurn(): PromiseWithResolvers<void> {
  const turn = Promise.withResolvers<void>();
  turn.promise.catch(() => undefined);
  return turn;
}
