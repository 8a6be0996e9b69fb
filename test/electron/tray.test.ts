import { beforeEach, expect, test } from "vitest";
import { activityInWords } from "../../electron/activity.ts";
import { KeepAwake } from "../../electron/activity.ts";
import { StudioTray } from "../../electron/tray.ts";
import { callsOf, resetElectron, type Menu } from "../fakes/electron.ts";

beforeEach(resetElectron);

const lastMenu = () => (callsOf("tray.setContextMenu").at(-1)![0] as Menu).items;

test("is shown only if set, and disappears again", () => {
  const tray = new StudioTray("/icon.png", () => {});
  tray.setActivity({ openCount: 1, transferCount: 0 });
  expect([tray.isShown, callsOf("tray")]).toEqual([false, []]);
  tray.setShown(true);
  tray.setShown(true);
  expect([tray.isShown, callsOf("tray")]).toEqual([true, [["/icon.png"]]]);
  tray.setShown(false);
  tray.setShown(false);
  expect([tray.isShown, callsOf("tray.destroy")]).toEqual([false, [[]]]);
});

test("shows the progress, opens the window and quits", () => {
  const shows: string[] = [];
  const tray = new StudioTray("/icon.png", () => shows.push("show"));
  tray.setShown(true);
  expect(lastMenu()[0]?.label).toBe("Starting");
  tray.setActivity({ openCount: 2, transferCount: 0 });
  expect(lastMenu().map(({ label }) => label)).toEqual([
    "2 pictures to draw",
    undefined,
    "Open Darkroom",
    "Quit",
  ]);
  lastMenu()[2]?.click?.();
  lastMenu()[3]?.click?.();
  expect([shows, callsOf("quit")]).toEqual([["show"], [[]]]);
});

test.each([
  [0, 0, "Nothing to do"],
  [1, 0, "1 picture to draw"],
  [0, 2, "2 transfers running"],
  [12, 1, "12 pictures to draw, 1 transfer running"],
])("%d open and %d transfers are %j", (openCount, transferCount, words) => {
  expect(activityInWords({ openCount, transferCount })).toBe(words);
});

test("the machine is kept awake while something runs, once", () => {
  const awake = new KeepAwake();
  for (const isBusy of [false, true, true, false, false, true]) awake.set(isBusy);
  expect(callsOf("powerSaveBlocker.start")).toEqual([
    ["prevent-app-suspension"],
    ["prevent-app-suspension"],
  ]);
  expect(callsOf("powerSaveBlocker.stop")).toEqual([[7]]);
});
