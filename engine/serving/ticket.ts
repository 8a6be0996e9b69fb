import type { ServerSettings } from "../contract/server.ts";
import type { AdmissionRequest } from "./admission.ts";
import type { Waiter } from "./fair-line.ts";
import type { PictureJob } from "./picture-engine.ts";
import { Work } from "./work.ts";

/** A request waiting for, or using, the device. */
export interface Ticket extends Waiter {
  readonly job: PictureJob;
  readonly arrivedMs: number;
  /** Counted from its arrival; Infinity without a limit. */
  readonly limitSeconds: number;
  /** Cancels waiting or drawing, with the reason. */
  readonly abort: AbortController;
  readonly work: Work;
  /** Its next turn at the device. */
  turn: PromiseWithResolvers<void>;
  /** Whether its time limit has been checked, so that it may start. */
  isChecked: boolean;
}

/** A request that has just arrived. */
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

/** A turn to wait for. Its rejection must not end the process before something waits for it. */
export function newTurn(): PromiseWithResolvers<void> {
  const turn = Promise.withResolvers<void>();
  turn.promise.catch(() => undefined);
  return turn;
}
