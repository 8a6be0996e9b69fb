import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import { fromHostSchema, type ToHost } from "../../../engine/contract/host-pipe.ts";
import { HostPipe, type PathFinder } from "../../../engine/server/host-pipe.ts";

/** The desktop's end of the pipe: what it received, and what it sends. */
class FakeDesktop extends EventEmitter {
  readonly heard: unknown[] = [];

  send(message: unknown): boolean {
    this.heard.push(fromHostSchema.parse(message));
    this.emit("heard", message);
    return true;
  }

  say(message: ToHost | object): void {
    this.emit("message", message);
  }
}

const FINDER: PathFinder = {
  pathOfImage: (id) =>
    id === "a1"
      ? Promise.resolve("/pictures/a1.png")
      : Promise.reject(new StudioError("NOT_FOUND", { what: "picture", id })),
  pathOfFolder: (folder) => Promise.resolve(`/studio/${folder}`),
};

test("it returns the paths of pictures and folders, and refuses with a message", async () => {
  const desktop = new FakeDesktop();
  const pipe = new HostPipe(desktop);
  pipe.ready("http://127.0.0.1:7860", "a token", FINDER);
  desktop.say({ kind: "path-of-image", id: 1, imageId: "a1" });
  desktop.say({ kind: "path-of-image", id: 2, imageId: "a2" });
  desktop.say({ kind: "path-of-folder", id: 3, folder: "models" });
  await new Promise(setImmediate);
  expect(desktop.heard).toEqual([
    { kind: "ready", url: "http://127.0.0.1:7860", token: "a token", pid: process.pid },
    { kind: "path", id: 1, path: "/pictures/a1.png" },
    { kind: "refused", id: 2, error: expect.objectContaining({ code: "NOT_FOUND" }) },
    { kind: "path", id: 3, path: "/studio/models" },
  ]);
});

test("messages that are not in the contract are dropped", async () => {
  const desktop = new FakeDesktop();
  new HostPipe(desktop).ready("http://127.0.0.1:7860", "a token", FINDER);
  for (const message of [
    { kind: "path-of-image", id: 1, imageId: "../../secrets" },
    { kind: "path-of-folder", id: 1, folder: "/etc" },
    { kind: "run" },
    { kind: "vault-answer", id: 99, text: "x" },
    "ready",
    { internal: true },
  ]) {
    desktop.say(Object(message) as object);
  }
  await new Promise(setImmediate);
  expect(desktop.heard).toHaveLength(1);
});

test("the desktop's vault seals and unseals, each answer to its question", async () => {
  const desktop = new FakeDesktop();
  const pipe = new HostPipe(desktop);
  desktop.say({ kind: "start", vault: "safe-storage" });
  const vault = await pipe.lentVault();
  expect(vault?.kind).toBe("safe-storage");
  const [first, second] = [vault!.seal("one"), vault!.unseal("dHdv")];
  expect(desktop.heard).toEqual([
    { kind: "seal", id: 1, text: "one" },
    { kind: "unseal", id: 2, text: "dHdv" },
  ]);
  desktop.say({ kind: "vault-answer", id: 2, text: "two" });
  desktop.say({ kind: "vault-answer", id: 1, text: "b25l" });
  expect(await Promise.all([first, second])).toEqual(["b25l", "two"]);
});

test("a vault that refuses, and a desktop that disconnects, are failures", async () => {
  const desktop = new FakeDesktop();
  const pipe = new HostPipe(desktop);
  desktop.say({ kind: "start", vault: "basic-text" });
  const vault = await pipe.lentVault();
  const refused = vault!.seal("one");
  desktop.say({ kind: "vault-answer", id: 1, text: null });
  await expect(refused).rejects.toThrow(/refused/);
  const left = vault!.seal("two");
  desktop.emit("disconnect");
  await expect(left).rejects.toThrow(/refused/);
  await pipe.closed;
});

test("a desktop without a vault lends none", async () => {
  const desktop = new FakeDesktop();
  const pipe = new HostPipe(desktop);
  desktop.say({ kind: "start", vault: null });
  expect(await pipe.lentVault()).toBe(undefined);
});

test("a host that cannot start says why", () => {
  const desktop = new FakeDesktop();
  new HostPipe(desktop).failed(
    new StudioError("ALREADY_RUNNING", { folder: "/studio", by: "process 7", pid: 7 }),
  );
  expect(desktop.heard).toEqual([
    {
      kind: "failed",
      error: {
        code: "ALREADY_RUNNING",
        message: expect.stringContaining("process 7"),
        details: { folder: "/studio", by: "process 7", pid: 7 },
      },
    },
  ]);
});
