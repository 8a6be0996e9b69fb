import { app, dialog } from "electron";
import { activityInWords, isBusy, type Activity } from "./activity.ts";

export interface QuitParts {
  readonly activity: () => Activity;
  /** Ends what must not outlive the window's process. */
  readonly stop: () => Promise<void>;
}

/** The way out: a question only while something runs, then the host's end, then ours. */
export class Quit {
  readonly #parts: QuitParts;
  #state: "open" | "asking" | "leaving" | "gone" = "open";

  constructor(parts: QuitParts) {
    this.#parts = parts;
    app.on("before-quit", (event) => {
      if (this.#state === "gone") return;
      event.preventDefault();
      // A question that could not be asked can be asked again.
      if (this.#state === "open") this.#leave().catch(() => (this.#state = "open"));
    });
  }

  /** Whether windows may close for good. */
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
