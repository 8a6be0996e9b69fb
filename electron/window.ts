import { join } from "node:path";
import { app, BrowserWindow, nativeTheme, screen, type WebContents } from "electron";
import { BackOff } from "./back-off.ts";
import { MIN_SIZE, placeWindow, readWindow, saveWindow } from "./window-state.ts";

/** `--room` of renderer/theme.css, so that nothing flashes before the page is there. */
const ROOM = { dark: "#100c0b", light: "#f9f6f2" };

/** What the page may not have is not given: no Node, no shared world, a sandbox around it. */
export function webPreferences(preload: string): Electron.WebPreferences {
  return Object.freeze({
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    // A dropped file is the page's to take, never to show.
    navigateOnDragDrop: false,
    // Its dictionaries would be fetched from the net.
    spellcheck: false,
    devTools: !app.isPackaged,
  });
}

/** What is shown where the pages keep ending; it has no script that could end it. */
const LAST_PAGE = `data:text/html;charset=utf-8,${encodeURIComponent(`<!doctype html>
<meta name="color-scheme" content="dark light"><title>Darkroom</title>
<style>body { font: 16px/1.5 system-ui; max-width: 34em; margin: 20vh auto; padding: 0 2em }</style>
<h1>The page stopped several times in a row</h1>
<p>Pictures in the queue are still being made, and nothing is lost. Quit Darkroom and start it again to
see them. If this happens again, update the graphics driver.</p>`)}`;

export interface WindowParts {
  readonly preload: string;
  readonly icon: string;
  /** Whether closing hides the window; else it is asked to quit. */
  readonly staysWhenClosed: () => boolean;
  readonly isQuitting: () => boolean;
  readonly onClose: () => void;
}

/** The studio's one window. */
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

  get isFocused(): boolean {
    return this.#window?.isFocused() ?? false;
  }

  /** Shows it empty, in the room's colour: the host takes a moment to start. */
  open(): void {
    this.#window ??= this.#create();
  }

  /** Shows the pages of the studio at `origin`; those already there stay, and find it again by themselves. */
  load(origin: string): void {
    const window = (this.#window ??= this.#create());
    if (this.#origin === origin) return;
    this.#origin = origin;
    // A page that cannot be loaded is loaded anew when the host is ready again.
    void window.loadURL(`${origin}/`).catch(() => (this.#origin = undefined));
  }

  /** Brings it to the front, from the tray or from behind. */
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
    // The page keeps nothing of its own: loaded anew, it takes up where the studio is.
    window.webContents.on("render-process-gone", () => this.#pageDied());
    return window;
  }

  #pageDied(): void {
    const pauseMs = this.#backOff.died();
    if (pauseMs !== undefined) setTimeout(() => this.contents?.reload(), pauseMs);
    else if (this.#origin !== undefined) {
      // One that dies, too, is not shown again.
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
