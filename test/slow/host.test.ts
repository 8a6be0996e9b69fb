import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { HostProcess } from "../e2e/host-process.ts";
import { darkroom, lines } from "../fakes/command-line.ts";
import { codeOf, studioAt, tokenFor } from "../fakes/enter-studio.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

async function host(folder: string, ...args: readonly string[]): Promise<HostProcess> {
  const process = new HostProcess(["--port", "0", "--data-dir", folder, ...args]);
  onTestFinished(() => process.stop("SIGKILL"));
  await process.start();
  return process;
}

async function enter(host: HostProcess) {
  const token = await tokenFor(host.url);
  return { token, studio: studioAt(host.origin, token) };
}

function serve(folder: string, ...args: readonly string[]): string[] {
  return ["serve", "--json", "--port", "0", "--endpoint-port", "0", "--data-dir", folder, ...args];
}

/** A host with one output that nothing reads. */
function unread(args: readonly string[], closed: "stdout" | "stderr") {
  const child = spawn(process.execPath, ["engine/cli.ts", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  child[closed].destroy();
  const { stdout, stderr } = child;
  return { child, stdout, stderr };
}

const SLOW = { prompt: "a red fish", steps: 1000, count: 3 };

test("it prints its address, admits a browser with the code, and none twice", async () => {
  const running = await host(temporaryFolder());
  expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]{43}$/);
  const { studio } = await enter(running);
  expect(await studio.queue.get()).toEqual({ isPaused: false, generations: [] });
  await expect(tokenFor(running.url)).rejects.toThrow("401");
  expect(await codeOf(studioAt(running.origin, "none").queue.get())).toBe("TOKEN_REFUSED");
});

test("what it finds damaged is reported once beside the address", async () => {
  const folder = temporaryFolder();
  for (const name of ["settings.json", "tokens.json"]) writeFileSync(join(folder, name), "{");
  const stop = (_: string, pid: number) => void process.kill(pid, "SIGTERM");
  const { code, err } = await darkroom(serve(folder), { onOutput: stop });
  const told = err.split("\n").filter((line) => line.includes("could not be used"));
  expect([code, told.map((line) => line.split(" ")[0])]).toEqual([
    0,
    ["settings.json", "tokens.json"],
  ]);
});

test("a closed standard error ends nothing: what it found damaged is shown in its pages", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "settings.json"), "{");
  const { child, stdout } = unread(serve(folder), "stderr");
  const [line] = await once(createInterface({ input: stdout }), "line");
  const { url } = JSON.parse(String(line)) as { url: string };
  const { notices } = await studioAt(new URL(url).origin, await tokenFor(url)).machine.get();
  expect([child.exitCode, notices.map(({ text }) => text).join()]).toEqual([
    null,
    expect.stringContaining("settings.json could not be used"),
  ]);
});

test("a closed standard output ends nothing: `open` has the address", async () => {
  const folder = temporaryFolder();
  const flags = serve(folder).filter((flag) => flag !== "--json");
  const { child, stderr } = unread(flags, "stdout");
  // The word before the address is not used.
  for await (const line of createInterface({ input: stderr })) if (/listens on/.test(line)) break;
  const { code } = await darkroom(["open", "--data-dir", folder]);
  expect([child.exitCode, code]).toEqual([null, 0]);
});

test("an unhandled rejection is in the log, and ends nothing", async () => {
  const folder = temporaryFolder();
  const mistake = "process.on('SIGUSR2',()=>{Promise.reject(new Error('nobody waits'))})";
  const running = new HostProcess(["--port", "0", "--data-dir", folder], {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(mistake)}`,
  });
  onTestFinished(() => running.stop("SIGKILL"));
  await running.start();
  process.kill(running.pid!, "SIGUSR2");
  const log = () => readFileSync(join(folder, "studio.log"), "utf8");
  await vi.waitFor(() => expect(log()).toContain("nobody waits"), { timeout: 30_000 });
  const { studio } = await enter(running);
  expect((await studio.queue.get()).generations).toEqual([]);
});

test("a second one on the same folder is refused with the first one's process id", async () => {
  const folder = temporaryFolder();
  const running = await host(folder);
  const { code, out } = await darkroom(serve(folder));
  expect([code, lines(out)]).toEqual([
    1,
    [
      {
        type: "error",
        code: "ALREADY_RUNNING",
        message: expect.stringContaining(`process ${running.pid}`),
      },
    ],
  ]);
});

test("after kill -9 it starts again; tokens are still valid, and what ran is interrupted", async () => {
  const folder = temporaryFolder();
  const first = await host(folder);
  const { token, studio } = await enter(first);
  const { generationIds } = await studio.generation.enqueue(SLOW);
  await vi.waitFor(
    async () =>
      expect((await studio.generation.get({ id: generationIds[0]! })).state).toBe("running"),
    { timeout: 30_000, interval: 100 },
  );
  await first.stop("SIGKILL");
  const second = await host(folder);
  const { generations } = await studioAt(second.origin, token).queue.get();
  const states = generationIds.map((id) => generations.find((one) => one.id === id)?.state);
  expect(states[0]).toBe("interrupted");
  expect(states.slice(1).every((state) => state === "waiting" || state === "running")).toBe(true);
});

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s in the middle of a picture ends it within five seconds, with 0, and keeps the queue",
  async (signal) => {
    const folder = temporaryFolder();
    const running = await host(folder);
    const { studio } = await enter(running);
    const { generationIds } = await studio.generation.enqueue(SLOW);
    await vi.waitFor(
      async () => {
        const { progress } = await studio.generation.get({ id: generationIds[0]! });
        expect(progress?.step).toBeGreaterThan(2);
      },
      { timeout: 60_000, interval: 100 },
    );
    const streaming = (await studio.events.subscribe())[Symbol.asyncIterator]();
    await streaming.next();
    const begun = performance.now();
    const code = await running.end(signal);
    expect([code, performance.now() - begun < 5000]).toEqual([0, true]);
    const { out } = await darkroom(["queue", "--json", "--data-dir", folder]);
    const states = Object.fromEntries(lines(out).map(({ id, state }) => [id, state]));
    expect(generationIds.map((id) => states[id])).toEqual(["interrupted", "waiting", "waiting"]);
  },
);

test("a port in use is named, before anything was started", async () => {
  const holder = createServer();
  onTestFinished(() => void holder.close());
  holder.listen({ port: 0, host: "127.0.0.1" });
  await once(holder, "listening");
  const { port } = holder.address() as { port: number };
  const folder = temporaryFolder();
  const { code, out } = await darkroom(serve(folder, "--port", String(port)));
  expect([code, lines(out)]).toEqual([
    1,
    [{ type: "error", code: "PORT_IN_USE", message: expect.stringContaining(String(port)) }],
  ]);
  expect(readdirSync(folder)).not.toContain("queue.sqlite");
});

test("so is the inference server's, which takes any other if it may", async () => {
  const holder = createServer();
  onTestFinished(() => void holder.close());
  holder.listen({ port: 0, host: "127.0.0.1" });
  await once(holder, "listening");
  const { port } = holder.address() as { port: number };
  const taken = ["--endpoint-port", String(port)];
  const { code, out } = await darkroom(serve(temporaryFolder(), ...taken));
  expect([code, lines(out)]).toEqual([
    1,
    [{ type: "error", code: "PORT_IN_USE", message: expect.stringContaining(String(port)) }],
  ]);
  const free = await host(temporaryFolder(), "--endpoint-port", "0");
  expect(await (await fetch(`${free.endpoint}/v2/health/live`)).json()).toEqual({ live: true });
});

test("the key in the key file opens the inference server, too, if others can reach it", async () => {
  const folder = temporaryFolder();
  const keyFile = join(folder, "key");
  const refused = await darkroom(serve(folder, "--endpoint-host", "0.0.0.0"));
  expect([refused.code, lines(refused.out)]).toMatchObject([1, [{ code: "KEY_NEEDED" }]]);
  const flags = ["--endpoint-port", "0", "--endpoint-host", "0.0.0.0", "--key-file", keyFile];
  const running = await host(folder, ...flags);
  const headers = { authorization: `Bearer ${readFileSync(keyFile, "utf8").trim()}` };
  const statuses = await Promise.all([
    fetch(`${running.endpoint}/v2/models`).then(({ status }) => status),
    fetch(`${running.endpoint}/v2/models`, { headers }).then(({ status }) => status),
  ]);
  expect(statuses).toEqual([401, 200]);
});

test.each(["0.0.0.0", "::", "192.0.2.7"])("%s is listened on with a key only", async (address) => {
  const folder = temporaryFolder();
  const { code, out } = await darkroom(serve(folder, "--host", address));
  expect([code, lines(out)]).toEqual([
    2,
    [
      {
        type: "error",
        code: "REQUEST_INVALID",
        message: expect.stringContaining("--key-file"),
      },
    ],
  ]);
});

test("with a key file other machines' scripts are admitted by the key", async () => {
  const folder = temporaryFolder();
  const keyFile = join(folder, "key");
  const running = await host(folder, "--host", "0.0.0.0", "--key-file", keyFile);
  const studio = studioAt(running.origin, readFileSync(keyFile, "utf8").trim());
  expect((await studio.queue.get()).isPaused).toBe(false);
});

test("everything in the data folder is closed to others", async () => {
  const folder = join(temporaryFolder(), "studio");
  const running = await host(folder);
  const { studio } = await enter(running);
  await studio.settings.change({ theme: "dark" });
  const modes = Object.fromEntries(
    ["", "tokens.json", "owner.json", "studio.sock", "settings.json"].map((name) => [
      name,
      (statSync(join(folder, name)).mode & 0o777).toString(8),
    ]),
  );
  expect(modes).toEqual({
    "": "700",
    "tokens.json": "600",
    "owner.json": "600",
    "studio.sock": "600",
    "settings.json": "600",
  });
});

test("neither log nor any file of the folder contains a token, a code or an unneeded prompt", async () => {
  const folder = temporaryFolder();
  const running = await host(folder);
  const { token, studio } = await enter(running);
  const code = new URL(running.url).hash.replace("#code=", "");
  await codeOf(studio.gallery.get({ id: "none" }));
  await fetch(`${running.origin}/pictures/image/x?until=1&signature=canary`);
  await running.end("SIGTERM");
  const texts = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => readFileSync(join(folder, name), "latin1"));
  expect(texts.some((text) => text.includes(token) || text.includes(code))).toBe(false);
});

test("a reader that disconnects and returns misses nothing", async () => {
  const running = await host(temporaryFolder());
  const { studio } = await enter(running);
  const away = new AbortController();
  const events = await studio.events.subscribe(undefined, { signal: away.signal });
  const first = await events[Symbol.asyncIterator]().next();
  expect(first.value).toEqual({ type: "reset" });
  away.abort();
  await sleep(50);
  await studio.settings.change({ theme: "dark" });
  const { getEventMeta } = await import("@orpc/client");
  const lastEventId = getEventMeta(first.value)?.id;
  const again = await studio.events.subscribe(undefined, { lastEventId });
  const missed: unknown[] = [];
  // On a slow machine the start's own events may come before it.
  for await (const event of again) {
    missed.push(event);
    if (event.type === "settings-changed") break;
  }
  expect(missed.at(-1)).toMatchObject({ settings: { theme: "dark" } });
  expect(missed).not.toContainEqual({ type: "reset" });
});
