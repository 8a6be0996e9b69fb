import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test as base } from "@playwright/test";
import { openWindow, type WindowUnderTest } from "./desktop-window.ts";

/** Tests what only real Electron can show: that the guards hold where Chromium applies them. */
const test = base.extend<{ opened: WindowUnderTest & { dataFolder: string } }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads what a fixture needs from its pattern
  opened: async ({}, use) => {
    const dataFolder = mkdtempSync(join(tmpdir(), "darkroom-window-"));
    const window = await openWindow({ dataFolder, env: {} });
    await window.page.getByRole("button", { name: "Draw a first picture" }).waitFor();
    await use({ ...window, dataFolder });
    await window.close();
    rmSync(dataFolder, { recursive: true, force: true });
  },
});

test("the page has a sandbox, no Node, and only the desktop object", async ({ opened }) => {
  const { app, page } = opened;
  // Electron has this for its own tests and omits it from its types.
  type Inspected = Electron.WebContents & { getLastWebPreferences(): Electron.WebPreferences };
  const preferences = await app.evaluate(({ BrowserWindow }) =>
    (BrowserWindow.getAllWindows()[0]!.webContents as Inspected).getLastWebPreferences(),
  );
  expect(preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
  });
  const seen = await page.evaluate(() => ({
    types: ["require", "process", "module", "Buffer", "ipcRenderer"].map(
      (name) => typeof (globalThis as Record<string, unknown>)[name],
    ),
    desktop: Object.keys(window.desktop ?? {}).toSorted(),
    isFrozen: Object.isFrozen(window.desktop),
  }));
  expect(seen).toEqual({
    types: Array.from({ length: 5 }, () => "undefined"),
    desktop: [
      "chooseFolder",
      "choosePicture",
      "copyImage",
      "notify",
      "onCommand",
      "pathOf",
      "platform",
      "revealFolder",
      "revealImage",
      "setProgress",
      "showMenu",
      "startDrag",
    ],
    isFrozen: true,
  });
});

test("the page navigates nowhere else", async ({ opened: { app, page } }) => {
  const address = page.url();
  for (const target of [
    "https://example.com/",
    "file:///etc/passwd",
    "smb://example.com/share",
    "javascript:document.title='taken'",
    "data:text/html,taken",
  ]) {
    await page.evaluate((url) => {
      window.open(url);
      const link = Object.assign(document.createElement("a"), { href: url, target: "_blank" });
      document.body.append(link);
      link.click();
      link.remove();
      location.href = url;
    }, target);
    await page.waitForTimeout(200);
  }
  expect(page.url()).toBe(address);
  expect(await page.title()).not.toBe("taken");
  expect(app.windows()).toHaveLength(1);
});

test("no request of the page goes anywhere else, and no permission is granted", async ({
  opened: { page },
}) => {
  const outcomes = await page.evaluate(async () => {
    const refused = (work: Promise<unknown>) =>
      work.then(
        () => "given",
        () => "refused",
      );
    return [
      await refused(fetch("https://example.com/")),
      await refused(fetch("file:///etc/passwd")),
      await refused(navigator.mediaDevices.getUserMedia({ audio: true })),
      await refused(navigator.clipboard.readText()),
      await refused(
        new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject)),
      ),
      await Notification.requestPermission(),
    ];
  });
  expect(outcomes).toEqual(["refused", "refused", "refused", "refused", "refused", "denied"]);
});

test("the token is in neither the page nor any process's arguments", async ({ opened }) => {
  const { app, page } = opened;
  const stored = await page.evaluate(() =>
    JSON.stringify([
      Object.entries(localStorage),
      Object.entries(sessionStorage),
      document.cookie,
      location.href,
    ]),
  );
  expect(stored).not.toMatch(/token|Bearer|code=/i);
  const argv = await app.evaluate(() => process.argv.join(" "));
  expect(argv).not.toMatch(/token|Bearer|code=/i);
});

test("a host that is killed starts again, and the page with it", async ({ opened }) => {
  await opened.restart("SIGKILL");
  await opened.page.reload();
  await expect(opened.page.getByRole("button", { name: "Draw a first picture" })).toBeVisible();
});

test("the window's position is remembered", async ({ opened: { app, dataFolder } }) => {
  await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.setBounds({ x: 40, y: 50, width: 1100, height: 700 }),
  );
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect
    .poll(() => {
      try {
        return JSON.parse(readFileSync(join(dataFolder, "window", "window.json"), "utf8"));
      } catch {
        return undefined;
      }
    })
    .toMatchObject({ width: 1100, height: 700 });
});
