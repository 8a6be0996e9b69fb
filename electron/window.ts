import { join } from "node:path";
import { app, BrowserWindow, nativeTheme, screen, type WebContents } from "electron";
import { BackOff } from "./back-off.ts";
import { MIN_SIZE, placeWindow, readWindow, saveWindow } from "./window-state.ts";

/** `--room` in renderer/theme.css, so that nothing flashes before the page is loaded. */
const ROOM = { dark: "#100c0b", light: "#f9f6f2" };

/** Locked down: no Node, isolated context, sandboxed. */
export function webPreferences(preload: string): Electron.WebPreferences {
  return Object.freeze({
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    // The page handles dropped files; they never replace it.
    navigateOnDragDrop: false,
    // Dictionaries would be downloaded from the internet.
    spellcheck: false,
    devTools: !app.isPackaged,
  });
}

/** Shown if the pages keep crashing; it has no scripts that could crash. */
const LAST_PAGE = `data:text/html;charset=utf-8,${encodeURIComponent(`<!doctype html>
<meta name="color-scheme" content="dark light"><title>Darkroom</title>
<style>body { font: 16px/1.5 system-ui; max-width: 34em; margin: 20vh auto; padding: 0 2em }</style>
<h1>The page stopped several times in a row</h1>
<p>Pictures in the queue are still being made, and nothing is lost. Quit Darkroom and start it again to
see them. If this happens again, update the graphics driver.</p>`)}`;

export interface WindowParts {
  readonly preload: string;
  readonly icon: string;
  /** Whether closing only hides the window; otherwise it asks to quit. */
  readonly staysWhenClosed: () => boolean;
  readonly isQuitting: () => boolean;
  readonly onClose: () => void;
}

/** The studio's only window. */
export class StudioWindow {
  readonly #parts: WindowParts;
  readonly #backOff = new BackOff();
  readonly #statePath = join(app.getPath("userData"), "window.json");
  #window: BrowserWindow | undefined;
  #origin: string | undefined;

  constructor(parts: WindowParts) {
    this.#parts = parts;
  }

  get contents(): WebContents | undefined {
    return this.#window?.webContents;
  }

  get browserWindow(): BrowserWindow | undefined {
    return this.#window;
  }

  /** Opens it empty in the background colour: the host takes a moment to start. */
  open(): void {
    this.#window ??= this.#create();
  }

  /** Shows the studio's pages at `origin`; pages that are already shown stay, and reconnect by themselves. */
  load(origin: string): void {
    const window = (this.#window ??= this.#create());
    if (this.#origin === origin) return;
    this.#origin = origin;
    // A page that failed to load is loaded again when the host is ready.
    void window.loadURL(`${origin}/`).catch(() => (this.#origin = undefined));
  }

  /** Brings it to the front. */
  show(): void {
    const window = this.#window;
    if (window === undefined) return;
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  send(channel: string, ...args: readonly unknown[]): void {
    this.#window?.webContents.send(channel, ...args);
  }

  #create(): BrowserWindow {
    const { isMaximized, ...bounds } = placeWindow(
      readWindow(this.#statePath),
      [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea),
    );
    const window = new BrowserWindow({
      ...bounds,
      minWidth: Math.min(MIN_SIZE.width, bounds.width),
      minHeight: Math.min(MIN_SIZE.height, bounds.height),
      title: "Darkroom",
      icon: this.#parts.icon,
      backgroundColor: nativeTheme.shouldUseDarkColors ? ROOM.dark : ROOM.light,
      autoHideMenuBar: true,
      webPreferences: webPreferences(this.#parts.preload),
    });
    if (isMaximized) window.maximize();
    window.on("close", (event) => this.#closing(window, event));
    window.on("closed", () => (this.#window = undefined));
    // The page has no state of its own: when it is reloaded, it continues with the studio's.
    window.webContents.on("render-process-gone", () => this.#pageDied());
    return window;
  }

  #pageDied(): void {
    const pauseMs = this.#backOff.died();
    if (pauseMs !== undefined) setTimeout(() => this.contents?.reload(), pauseMs);
    else if (this.#origin !== undefined) {
      // If this page crashes as well, it is not shown again.
      this.#origin = undefined;
      this.#window?.loadURL(LAST_PAGE).catch(() => undefined);
    }
  }

  #closing(window: BrowserWindow, event: Electron.Event): void {
    saveWindow(this.#statePath, {
      ...window.getNormalBounds(),
      isMaximized: window.isMaximized(),
    });
    if (this.#parts.isQuitting()) return;
    event.preventDefault();
    if (this.#parts.staysWhenClosed()) window.hide();
    else this.#parts.onClose();
  }
}
