import type { EventLog } from "./event-log.ts";
import type { Generation } from "../contract/generation.ts";
import type { Lanes } from "../worker/lanes.ts";
import type { Progress } from "../contract/progress.ts";
import { Queue, type QueueChange, type QueueOptions } from "../queue/queue.ts";
import { os } from "./implementer.ts";

/** The queue as pages see it: rows with the progress of what runs, and an event for every change. */
export class LiveQueue {
  readonly queue: Queue;
  readonly #events: EventLog;
  readonly #progress = new Map<string, Progress>();
  #lastOrder = "";
  #onChanged: (changed: readonly Generation[]) => void = () => {};

  constructor(path: string, events: EventLog, options: Omit<QueueOptions, "onChange">) {
    this.#events = events;
    this.queue = Queue.open(path, { ...options, onChange: (change) => this.#tell(change) });
  }

  /** Registers a listener for new and changed rows. */
  watch(onChanged: (changed: readonly Generation[]) => void): void {
    this.#onChanged = onChanged;
  }

  list(): Generation[] {
    return this.queue.list().map((generation) => this.#withProgress(generation));
  }

  get(id: string): Generation {
    return this.#withProgress(this.queue.get(id));
  }

  /** Reports the progress of a running generation. */
  report(generationId: string, progress: Progress): void {
    this.#progress.set(generationId, progress);
    this.#events.publish({ type: "progress", generationId, progress });
  }

  #tell({ changed, removed }: QueueChange): void {
    for (const { id, state } of changed) if (state !== "running") this.#progress.delete(id);
    const generations = changed.map((generation) => this.#withProgress(generation));
    if (generations.length > 0) this.#events.publish({ type: "generations-changed", generations });
    if (removed.length > 0)
      this.#events.publish({ type: "generations-removed", ids: [...removed] });
    this.#tellOrder();
    this.#onChanged(changed);
  }

  #tellOrder(): void {
    const { isPaused } = this.queue;
    const openIds = this.queue.openIds();
    const order = JSON.stringify([isPaused, openIds]);
    if (order === this.#lastOrder) return;
    this.#lastOrder = order;
    this.#events.publish({ type: "queue-changed", isPaused, openIds });
  }

  #withProgress(generation: Generation): Generation {
    const progress = this.#progress.get(generation.id);
    return progress === undefined ? generation : { ...generation, progress };
  }
}

export interface QueueParts {
  readonly live: LiveQueue;
  readonly lanes: Pick<Lanes, "wake">;
}

/** Operations on the queue. */
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
