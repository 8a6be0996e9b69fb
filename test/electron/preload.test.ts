import { beforeEach, expect, test } from "vitest";
import { CALLS, channelOf } from "../../electron/channels.ts";
import type { Desktop } from "../../renderer/connection/desktop.ts";
import { callsOf, exposed, ipcRenderer, resetElectron } from "../fakes/electron.ts";

await import("../../electron/preload.ts");
const desktop = exposed.get("desktop") as Desktop;

beforeEach(resetElectron);

test("the page gets one frozen object of named functions, and nothing else", () => {
  expect([...exposed.keys()]).toEqual(["desktop"]);
  expect(Object.isFrozen(desktop)).toBe(true);
  expect(Object.entries(desktop).map(([name, value]) => [name, typeof value])).toEqual([
    ["chooseFolder", "function"],
    ["choosePicture", "function"],
    ["revealImage", "function"],
    ["copyImage", "function"],
    ["startDrag", "function"],
    ["revealFolder", "function"],
    ["notify", "function"],
    ["setProgress", "function"],
    ["showMenu", "function"],
    ["platform", "string"],
    ["onCommand", "function"],
    ["pathOf", "function"],
  ]);
});

test("each call uses its own channel, and returns its value", async () => {
  ipcRenderer.outcome = { value: "done" };
  for (const call of CALLS) {
    const ask = desktop[call] as (...args: unknown[]) => Promise<unknown>;
    expect(await ask(1, "two")).toBe("done");
  }
  expect(callsOf("invoke")).toEqual(CALLS.map((call) => [channelOf(call), 1, "two"]));
});

test("a refusal is thrown with its own message", async () => {
  ipcRenderer.outcome = { refusal: "There is no picture called 8." };
  await expect(desktop.revealImage("8")).rejects.toThrow(/^There is no picture called 8\.$/);
});

test("a command passes its id and nothing of Electron's, until the listener is removed", () => {
  const heard: unknown[][] = [];
  const stop = desktop.onCommand((...args) => heard.push(args));
  ipcRenderer.emit("desktop:command", { sender: ipcRenderer }, "frame.gallery", "more");
  stop();
  ipcRenderer.emit("desktop:command", {}, "frame.models");
  expect(heard).toEqual([["frame.gallery"]]);
});

test("returns the path of a dropped file", () => {
  expect(desktop.pathOf(new File([], "lamp.png"))).toBe("/dropped/lamp.png");
});
