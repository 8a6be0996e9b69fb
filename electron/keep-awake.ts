import { powerSaveBlocker } from "electron";

/** Keeps the machine from going to sleep over a picture or a download; the display may. */
export class KeepAwake {
  #id: number | undefined;

  set(isBusy: boolean): void {
    if (isBusy && this.#id === undefined) {
      this.#id = powerSaveBlocker.start("prevent-app-suspension");
    } else if (!isBusy && this.#id !== undefined) {
      powerSaveBlocker.stop(this.#id);
      this.#id = undefined;
    }
  }
}
