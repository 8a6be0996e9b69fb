import type { Gallery } from "../gallery/gallery.ts";
import type { EventLog } from "./event-log.ts";
import type { LogError } from "./refusals.ts";

/** Rebuilds the gallery's index in the background: one rebuild at a time, reported by events. */
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

  /** Starts a rebuild unless one is running. */
  start(): void {
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  /** Stops a running rebuild, which resumes at the studio's next start. */
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
