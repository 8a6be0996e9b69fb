import type { Gallery } from "../gallery/gallery.ts";
import type { EventLog } from "./event-log.ts";
import type { LogError } from "./refusals.ts";

/** Builds the gallery's index anew beside everything else: one rebuild at a time, told of by events. */
export class GalleryRebuild {
  readonly #gallery: Gallery;
  readonly #events: EventLog;
  readonly #logError: LogError;
  readonly #ending = new AbortController();
  #running: Promise<void> | undefined;

  constructor(gallery: Gallery, events: EventLog, logError: LogError) {
    this.#gallery = gallery;
    this.#events = events;
    this.#logError = logError;
  }

  /** Starts one, unless one is already running; gives the one that runs. */
  start(): void {
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  /** Ends a running one, which the next start of the studio takes up. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    let total = 0;
    let done = 0;
    const tell = (isFinished: boolean) =>
      this.#events.publish({ type: "rebuild-progress", done, total, isFinished });
    try {
      await this.#gallery.rebuild({
        signal: this.#ending.signal,
        onProgress: (now, all) => {
          const isTold = total === all && percent(now, all) === percent(done, all);
          [done, total] = [now, all];
          if (!isTold) tell(false);
        },
      });
    } catch (error) {
      if (!this.#ending.signal.aborted) this.#logError(error, "rebuilding the gallery's index");
    } finally {
      tell(true);
    }
  }
}

function percent(done: number, total: number): number {
  return Math.floor((100 * done) / total);
}
