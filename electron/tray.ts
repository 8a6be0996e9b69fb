import { app, Menu, Tray } from "electron";
import { activityInWords, type Activity } from "./activity.ts";

/** The tray icon that stays while the window is closed and the studio keeps running; optional. */
export class StudioTray {
  readonly #icon: string;
  readonly #show: () => void;
  #tray: Tray | undefined;
  #activity: Activity | undefined;

  constructor(icon: string, show: () => void) {
    this.#icon = icon;
    this.#show = show;
  }

  get isShown(): boolean {
    return this.#tray !== undefined;
  }

  setShown(isShown: boolean): void {
    if (isShown === this.isShown) return;
    if (!isShown) {
      this.#tray?.destroy();
      this.#tray = undefined;
      return;
    }
    this.#tray = new Tray(this.#icon);
    this.#tray.setToolTip("Darkroom");
    this.#tray.on("click", this.#show);
    this.#describe();
  }

  setActivity(activity: Activity): void {
    this.#activity = activity;
    this.#describe();
  }

  #describe(): void {
    const words = this.#activity === undefined ? "Starting" : activityInWords(this.#activity);
    this.#tray?.setContextMenu(
      Menu.buildFromTemplate([
        { label: words, enabled: false },
        { type: "separator" },
        { label: "Open Darkroom", click: this.#show },
        { label: "Quit", click: () => app.quit() },
      ]),
    );
  }
}
