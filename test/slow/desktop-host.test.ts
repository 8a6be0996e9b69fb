import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import {
  ANSWER,
  answers,
  app,
  callsOf,
  ipcMain,
  BrowserWindow,
  session,
} from "../fakes/electron.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

vi.mock("electron", () => import("../fakes/electron.ts"));

const soon = { timeout: 60_000, interval: 50 };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Sends a request like the page: over HTTP, with the headers that the window adds. */
async function ask(origin: string, procedure: string, input?: unknown) {
  const url = `${origin}/rpc/${procedure}`;
  const request = { url, requestHeaders: { "content-type": "application/json" } };
  const { requestHeaders } = (await session.defaultSession.ask(
    "beforeSendHeaders",
    request,
    ANSWER,
  )) as { requestHeaders: Record<string, string> };
  const body = JSON.stringify({ json: input });
  const reply = await fetch(url, { method: "POST", headers: requestHeaders, body });
  const { json } = (await reply.json()) as { json: unknown };
  return { status: reply.status, json, bearer: requestHeaders["Authorization"] };
}

test("the window's process and the real host: ready, lent vault, a kill, and the exit", async () => {
  const home = temporaryFolder();
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const pid = (): number =>
    (JSON.parse(readFileSync(join(home, "owner.json"), "utf8")) as { pid: number }).pid;
  vi.stubEnv("DARKROOM_HOME", home);
  vi.stubEnv("HF_TOKEN", "");
  answers.appPath = process.cwd();
  const argv = process.argv;
  process.argv = ["electron", ".", "--port", String(port), "--no-endpoint"];
  onTestFinished(() => {
    process.argv = argv;
    vi.unstubAllEnvs();
  });
  await import("../../electron/main.ts");
  await vi.waitFor(() => expect(callsOf("loadURL")).toEqual([[`${origin}/`]]), soon);

  const first = await ask(origin, "queue/get");
  expect(first.status).toBe(200);
  const stranger = await fetch(`${origin}/rpc/queue/get`, { method: "POST" });
  expect(stranger.ok).toBe(false);

  await ask(origin, "secrets/set", { name: "hub-token", value: "hf_canary7f3a" });
  expect((await ask(origin, "secrets/status")).json).toEqual([
    { name: "hub-token", isSet: true, isFromEnvironment: false, vault: "safe-storage" },
  ]);
  const kept = readFileSync(join(home, "secrets.json"), "utf8");
  expect(kept).toContain(Buffer.from("a3f7yranac_fh").toString("base64"));

  // Nothing that the studio stores (log, databases, settings) contains it in plain text.
  const leaks = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes("hf_canary7f3a"));
  expect(leaks).toEqual([]);

  const { webContents } = BrowserWindow.all[0]!;
  const event = { sender: webContents, senderFrame: webContents.mainFrame };
  const reveal = (folder: string) => ipcMain.handlers.get("desktop:revealFolder")?.(event, folder);
  await reveal("models");
  expect(callsOf("openPath")).toEqual([[join(home, "models")]]);
  expect(await ipcMain.handlers.get("desktop:revealImage")?.(event, "none")).toEqual({
    refusal: expect.stringContaining("none"),
  });

  await ask(origin, "settings/change", { keepInTray: true });
  await vi.waitFor(() => expect(callsOf("tray")).toHaveLength(1), soon);

  const killed = pid();
  process.kill(killed, "SIGKILL");
  await vi.waitFor(async () => {
    const again = await ask(origin, "queue/get");
    expect([again.status, again.bearer === first.bearer]).toEqual([200, false]);
  }, soon);
  expect(pid()).not.toBe(killed);
  expect(callsOf("loadURL")).toHaveLength(1);

  const last = pid();
  const asked = performance.now();
  app.quit();
  await vi.waitFor(() => expect(callsOf("quit")).toHaveLength(1), soon);
  expect(performance.now() - asked).toBeLessThan(7_000);
  expect(() => process.kill(last, 0)).toThrow("ESRCH");
});
