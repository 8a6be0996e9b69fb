import { beforeEach, expect, test, vi } from "vitest";
import { StudioWindow, webPreferences, type WindowParts } from "../../electron/window.ts";
import { answers, BrowserWindow, callsOf, record, resetElectron } from "../fakes/electron.ts";

const ORIGIN = "http://127.0.0.1:7860";

beforeEach(resetElectron);

const PARTS = {
  preload: "/app/preload.cjs",
  icon: "/app/icon.png",
  staysWhenClosed: () => false,
  isQuitting: () => false,
};

function opened(parts: Partial<WindowParts> = {}) {
  const closes: string[] = [];
  const window = new StudioWindow({
    ...PARTS,
    onClose: () => closes.push("close"),
    ...parts,
  });
  window.load(ORIGIN);
  return { window, closes, shown: BrowserWindow.all[0]! };
}

test("the page gets a sandbox, and no access out of it", () => {
  const preferences = opened().shown.options["webPreferences"];
  expect(preferences).toEqual({
    preload: "/app/preload.cjs",
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    devTools: true,
  });
  expect(Object.isFrozen(preferences)).toBe(true);
});

test("a packaged app has no developer tools", () => {
  answers.isPackaged = true;
  expect(webPreferences("/p").devTools).toBe(false);
});

test("opens at once, with title and background colour, and loads when the host is ready", () => {
  const window = new StudioWindow({ ...PARTS, onClose: () => {} });
  window.open();
  expect(BrowserWindow.all.map(({ options }) => options)).toEqual([
    expect.objectContaining({
      title: "Darkroom",
      backgroundColor: expect.stringMatching(/^#[\da-f]{6}$/),
    }),
  ]);
  expect(callsOf("loadURL")).toEqual([]);
  window.load(ORIGIN);
  expect(callsOf("loadURL")).toEqual([[`${ORIGIN}/`]]);
  expect(BrowserWindow.all).toHaveLength(1);
});

test("if the host returns at the same address the page stays; at another it is loaded there", () => {
  const { window } = opened();
  window.load(ORIGIN);
  window.load("http://127.0.0.1:7861");
  expect(callsOf("loadURL")).toEqual([[`${ORIGIN}/`], ["http://127.0.0.1:7861/"]]);
  expect(BrowserWindow.all).toHaveLength(1);
});

test("closing asks to quit, and the window stays until that is decided", () => {
  const { window, closes, shown } = opened();
  shown.close();
  expect(closes).toEqual(["close"]);
  expect(window.contents).toBeDefined();
  expect(callsOf("hide")).toEqual([]);
});

test("closing hides it if the studio stays", () => {
  const { closes, shown } = opened({ staysWhenClosed: () => true });
  shown.close();
  expect(closes).toEqual([]);
  expect(callsOf("hide")).toEqual([[]]);
});

test("it closes while the studio quits", () => {
  const { window, shown } = opened({ isQuitting: () => true, staysWhenClosed: () => true });
  shown.close();
  expect(window.contents).toBeUndefined();
  expect(callsOf("hide")).toEqual([]);
});

test("comes to the front, also from the taskbar", () => {
  const { window, shown } = opened();
  window.show();
  shown.isSmall = true;
  window.show();
  expect(record.map(([name]) => name)).toEqual([
    "loadURL",
    "show",
    "focus",
    "restore",
    "show",
    "focus",
  ]);
});

test("a crashed page is loaded again, but not for ever: then one message says so", () => {
  vi.useFakeTimers();
  const { shown } = opened();
  for (let i = 0; i < 10; i++) {
    shown.webContents.emit("render-process-gone", {}, { reason: "crashed" });
    vi.advanceTimersByTime(5_000);
  }
  vi.useRealTimers();
  const [, ...last] = callsOf("loadURL");
  expect([callsOf("reload").length, last.length]).toEqual([4, 1]);
  expect(decodeURIComponent(String(last[0]))).toContain("stopped several times in a row");
});
