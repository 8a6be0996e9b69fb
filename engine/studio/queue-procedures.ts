import type { Lanes } from "../worker/lanes.ts";
import { os } from "./implementer.ts";
import type { LiveQueue } from "./live-queue.ts";

export interface QueueParts {
  readonly live: LiveQueue;
  readonly lanes: Pick<Lanes, "wake">;
}

/** The queue as a whole. */
export function queueProcedures({ live, lanes }: QueueParts) {
  const setPaused = (isPaused: boolean): void => {
    live.queue.setPaused(isPaused);
    lanes.wake();
  };
  return {
    get: os.queue.get.handler(() => ({
      isPaused: live.queue.isPaused,
      generations: live.list(),
    })),
    pause: os.queue.pause.handler(() => setPaused(true)),
    resume: os.queue.resume.handler(() => setPaused(false)),
  };
}
