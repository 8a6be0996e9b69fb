import { powerSaveBlocker } from "electron";
import type { Announcement } from "./host-link.ts";

/** How much is going on in the studio. */
export type Activity = Omit<Extract<Announcement, { kind: "activity" }>, "kind">;

export const IDLE: Activity = { openCount: 0, transferCount: 0 };

export function isBusy({ openCount, transferCount }: Activity): boolean {
  return openCount + transferCount > 0;
}

/** As a menu entry: "3 pictures to draw, 1 transfer running". */
export function activityInWords({ openCount, transferCount }: Activity): string {
  const pictures = openCount === 0 ? [] : [`${counted(openCount, "picture")} to draw`];
  const transfers = transferCount === 0 ? [] : [`${counted(transferCount, "transfer")} running`];
  const all = [...pictures, ...transfers];
  return all.length === 0 ? "Nothing to do" : all.join(", ");
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

/** Keeps the machine from sleeping during a picture or download; the display may sleep. */
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
