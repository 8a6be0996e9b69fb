import { EventEmitter } from "node:events";

/**
 * Replaces the electron module in tests: nothing happens, and every call is recorded. Set Electron's answers in
 * `answers` beforehand.
 */
export const record: (readonly [string, ...unknown[]])[] = [];

/** Electron's answers. */
export const answers = {
  isPackaged: false,
  isOnlyInstance: true,
  appPath: "/app",
  isEncryptionAvailable: true,
  storageBackend: "gnome_libsecret",
  /** Index of the button that the user presses. */
  messageBox: 0,
  chosenPaths: [] as string[],
  openPathFailure: "",
  isNotificationSupported: true,
  displays: [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
};
const INITIAL = { ...answers };

/** Resets everything to its state before the first test. */
export function resetElectron(): void {
  record.length = 0;
  Object.assign(answers, INITIAL);
  app.removeAllListeners();
  ipcMain.handlers.clear();
  BrowserWindow.all.length = 0;
  Notification.all.length = 0;
  Menu.application = undefined;
}

/** The arguments of all calls with that name. */
export function callsOf(name: string): unknown[][] {
  return record.filter(([called]) => called === name).map(([, ...args]) => args);
}

function note(name: string, ...args: readonly unknown[]): void {
  record.push([name, ...args]);
}

/** An event that can be prevented, like Electron's. */
export class FakeEvent {
  isPrevented = false;

  constructor(details: object = {}) {
    Object.assign(this, details);
  }

  preventDefault(): void {
    this.isPrevented = true;
  }
}

class App extends EventEmitter {
  readonly commandLine = { appendSwitch: (name: string) => note("appendSwitch", name) };

  get isPackaged(): boolean {
    return answers.isPackaged;
  }

  setAppUserModelId(id: string): void {
    note("setAppUserModelId", id);
  }

  enableSandbox(): void {
    note("enableSandbox");
  }

  requestSingleInstanceLock(): boolean {
    return answers.isOnlyInstance;
  }

  whenReady(): Promise<void> {
    return Promise.resolve();
  }

  getAppPath(): string {
    return answers.appPath;
  }

  getPath(name: string): string {
    return `/nonexistent/${name}`;
  }

  setPath(name: string, path: string): void {
    note("setPath", name, path);
  }

  setBadgeCount(count: number): boolean {
    note("setBadgeCount", count);
    return true;
  }

  /** Calls the listeners, as Electron does, and records whether it quit. */
  quit(): void {
    const event = new FakeEvent();
    this.emit("before-quit", event);
    note(event.isPrevented ? "quit prevented" : "quit");
  }
}
export const app = new App();

export class WebContents extends EventEmitter {
  readonly mainFrame = { parent: null, url: "" };
  windowOpenHandler: (details: { url: string }) => { action: string } = () => ({ action: "allow" });

  getURL(): string {
    return this.mainFrame.url;
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler;
  }

  send(channel: string, ...args: unknown[]): void {
    note("send", channel, ...args);
  }

  startDrag(item: unknown): void {
    note("startDrag", item);
  }

  reload(): void {
    note("reload");
  }
}

export class BrowserWindow extends EventEmitter {
  static readonly all: BrowserWindow[] = [];
  readonly webContents = new WebContents();
  readonly options: Record<string, unknown>;
  isSmall = false;
  bounds = { x: 10, y: 20, width: 1200, height: 800 };

  constructor(options: Record<string, unknown>) {
    super();
    this.options = options;
    BrowserWindow.all.push(this);
    app.emit("web-contents-created", new FakeEvent(), this.webContents);
  }

  loadURL(url: string): Promise<void> {
    note("loadURL", url);
    this.webContents.mainFrame.url = url;
    return Promise.resolve();
  }

  show(): void {
    note("show");
  }

  hide(): void {
    note("hide");
  }

  focus(): void {
    note("focus");
  }

  maximize(): void {
    note("maximize");
  }

  restore(): void {
    note("restore");
  }

  isMinimized(): boolean {
    return this.isSmall;
  }

  isMaximized(): boolean {
    return false;
  }

  getNormalBounds(): typeof this.bounds {
    return this.bounds;
  }

  setProgressBar(fraction: number): void {
    note("setProgressBar", fraction);
  }

  /** The user closes it: it is gone unless a listener prevents that. */
  close(): void {
    const event = new FakeEvent();
    this.emit("close", event);
    if (!event.isPrevented) this.emit("closed");
  }
}

/** The handlers set on a session, for a test to call. */
export class FakeSession {
  readonly handlers = new Map<string, (...args: never[]) => unknown>();
  readonly webRequest = {
    onBeforeRequest: this.#taking("beforeRequest"),
    onBeforeSendHeaders: this.#taking("beforeSendHeaders"),
  };
  readonly setPermissionRequestHandler = this.#taking("permissionRequest");
  readonly setPermissionCheckHandler = this.#taking("permissionCheck");
  readonly setDevicePermissionHandler = this.#taking("devicePermission");
  readonly setDisplayMediaRequestHandler = this.#taking("displayMedia");

  /** The handler's result, or what it passes to its last argument. */
  ask(name: string, ...args: readonly unknown[]): unknown {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const handler = this.handlers.get(name) as ((...all: unknown[]) => unknown) | undefined;
    const returned = handler?.(...args.map((arg) => (arg === ANSWER ? resolve : arg)));
    return args.includes(ANSWER) ? promise : returned;
  }

  #taking(name: string) {
    return (handler: (...args: never[]) => unknown): void => void this.handlers.set(name, handler);
  }
}

/** Marks the place of a handler's callback. */
export const ANSWER = Symbol("answer");

export const session = { defaultSession: new FakeSession() };

class IpcMain {
  readonly handlers = new Map<string, (...args: unknown[]) => Promise<unknown>>();

  handle(channel: string, handler: (...args: unknown[]) => Promise<unknown>): void {
    this.handlers.set(channel, handler);
  }
}
export const ipcMain = new IpcMain();

export const shell = {
  openExternal: async (url: string) => note("openExternal", url),
  showItemInFolder: (path: string) => note("showItemInFolder", path),
  openPath: async (path: string) => {
    note("openPath", path);
    return answers.openPathFailure;
  },
};

export const dialog = {
  showMessageBox: async (options: unknown) => {
    note("showMessageBox", options);
    return { response: answers.messageBox };
  },
  showErrorBox: (title: string, content: string) => note("showErrorBox", title, content),
  showOpenDialog: async (...args: unknown[]) => {
    note("showOpenDialog", args.at(-1));
    return { filePaths: answers.chosenPaths };
  },
};

export const safeStorage = {
  isAsyncEncryptionAvailable: async () => answers.isEncryptionAvailable,
  getSelectedStorageBackend: () => answers.storageBackend,
  encryptStringAsync: async (text: string) => Buffer.from(text.split("").toReversed().join("")),
  decryptStringAsync: async (sealed: Buffer) => ({
    shouldReEncrypt: false,
    result: sealed.toString().split("").toReversed().join(""),
  }),
};

export const powerSaveBlocker = {
  start: (kind: string) => {
    note("powerSaveBlocker.start", kind);
    return 7;
  },
  stop: (id: number) => note("powerSaveBlocker.stop", id),
};

export const nativeTheme = { shouldUseDarkColors: true };

export const screen = {
  getPrimaryDisplay: () => answers.displays[0],
  getAllDisplays: () => answers.displays,
};

export const nativeImage = {
  createFromPath: (path: string) => ({ resize: (size: object) => ({ path, ...size }) }),
};

export class ClipboardItem {
  readonly items: Readonly<Record<string, Blob>>;

  constructor(items: Readonly<Record<string, Blob>>) {
    this.items = items;
  }
}

export const clipboard = {
  write: async (items: readonly ClipboardItem[]) => note("clipboard.write", items),
};

export class Notification extends EventEmitter {
  static readonly all: Notification[] = [];
  static readonly isSupported = (): boolean => answers.isNotificationSupported;
  readonly options: unknown;

  constructor(options: unknown) {
    super();
    this.options = options;
    Notification.all.push(this);
  }

  show(): void {
    note("notification", this.options);
  }
}

export interface FakeMenuItem {
  readonly label?: string;
  readonly type?: string;
  readonly role?: string;
  readonly enabled?: boolean;
  readonly accelerator?: string;
  readonly registerAccelerator?: boolean;
  readonly submenu?: readonly FakeMenuItem[];
  click?(): void;
}

export class Menu {
  static application: Menu | undefined;
  /** What the user does with a menu that opens. */
  static onPopup: (items: readonly FakeMenuItem[]) => void = () => {};
  readonly items: readonly FakeMenuItem[];

  constructor(items: readonly FakeMenuItem[]) {
    this.items = items;
  }

  static buildFromTemplate(items: readonly FakeMenuItem[]): Menu {
    return new Menu(items);
  }

  static setApplicationMenu(menu: Menu): void {
    Menu.application = menu;
  }

  popup({ callback }: { callback: () => void }): void {
    callback();
    Menu.onPopup(this.items);
  }
}

export class Tray extends EventEmitter {
  menu: Menu | undefined;

  constructor(icon: string) {
    super();
    note("tray", icon);
  }

  setToolTip(words: string): void {
    note("tray.setToolTip", words);
  }

  setContextMenu(menu: Menu): void {
    this.menu = menu;
    note("tray.setContextMenu", menu);
  }

  destroy(): void {
    note("tray.destroy");
  }
}

/** What the preload script exposes to the page. */
export const exposed = new Map<string, unknown>();
export const contextBridge = {
  exposeInMainWorld: (name: string, value: unknown) => void exposed.set(name, value),
};

class IpcRenderer extends EventEmitter {
  outcome: unknown = { value: undefined };

  invoke(channel: string, ...args: unknown[]): Promise<unknown> {
    note("invoke", channel, ...args);
    return Promise.resolve(this.outcome);
  }
}
export const ipcRenderer = new IpcRenderer();

export const webUtils = { getPathForFile: (file: File) => `/dropped/${file.name}` };
