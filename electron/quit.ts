import { app, dialog } from "electron";
import { activityInWords, isBusy, type Activity } from "./activity.ts";

export interface QuitParts {
  readonly activity: () => Activity;
  /** Stops what must not outlive the main process. */
  readonly stop: () => Promise<void>;
}

/** Quitting: a question only if something is running, then the host ends, then we do. */
export class Quit {
  readonly #parts: QuitParts;
  #state: "open" | "asking" | "leaving" | "gone" = "open";

  constructor(parts: QuitParts) {
    this.#parts = parts;
    app.on("before-quit", (event) => {
      if (this.#state === "gone") return;
      event.preventDefault();
      // If the question could not be shown, it can be asked again.
      if (this.#state === "open") this.#leave().catch(() => (this.#state = "open"));
    });
  }

  /** Whether windows may really close. */
  get isLeaving(): boolean {
    return this.#state === "leaving" || this.#state === "gone";
  }

  async #leave(): Promise<void> {
    this.#state = "asking";
    if (!(await this.#isMeant())) {
      this.#state = "open";
      return;
    }
    this.#state = "leaving";
    await this.#parts.stop().catch(() => undefined);
    this.#state = "gone";
    app.quit();
  }

  async #isMeant(): Promise<boolean> {
    const activity = this.#parts.activity();
    if (!isBusy(activity)) return true;
    const { response } = await dialog.showMessageBox({
      type: "question",
      message: "Quit while the studio is at work?",
      detail: `${activityInWords(activity)}. What waits stays in the queue; a picture that is just being drawn can be resumed with its seed.`,
      buttons: ["Quit", "Keep working"],
      defaultId: 1,
      cancelId: 1,
      noLink: true,
    });
    return response === 0;
  }
}
