import { setTimeout as wait } from "node:timers/promises";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { BackOff } from "../../electron/back-off.ts";
import type { Announcement } from "../../electron/host-link.ts";
import { HostProcess } from "../../electron/host-process.ts";
import { lentStorage } from "../../electron/lent-storage.ts";
import { answers, resetElectron } from "../fakes/electron.ts";
import { STUB, stubNotes } from "./stub-notes.ts";

beforeEach(resetElectron);

/** A back-off whose pauses end immediately, up to the given number of deaths. */
class Impatient extends BackOff {
  deaths = 0;
  readonly #limit: number;

  constructor(limit: number) {
    super();
    this.#limit = limit;
  }

  override died(): number | undefined {
    return ++this.deaths > this.#limit ? undefined : 0;
  }
}

/** A host over the stub, as a real child process that is stopped when the test ends. */
async function trial(mode: string, backOff: BackOff = new Impatient(1)) {
  const notes = stubNotes(mode);
  const said: Announcement[] = [];
  const givenUp: string[] = [];
  const host = new HostProcess({
    command: { node: process.execPath, args: [STUB, "serve", "--port", "0"] },
    storage: await lentStorage("linux"),
    onAnnouncement: (announcement) => said.push(announcement),
    onGivenUp: (lastWords) => givenUp.push(lastWords),
    backOff,
  });
  onTestFinished(() => host.stop());
  const kinds = () => said.map(({ kind }) => kind);
  return { host, notes, said, givenUp, kinds };
}

const soon = { timeout: 10_000, interval: 10 };

test("starts the host with plain Node, says what it lends, and learns that it is ready", async () => {
  const { host, notes, said, kinds } = await trial("plain");
  host.start();
  await vi.waitFor(() => expect(kinds()).toEqual(["ready", "choices", "activity"]), soon);
  expect(said[0]).toEqual({
    kind: "ready",
    url: "http://127.0.0.1:7860",
    token: "token-canary",
    pid: host.pid,
  });
  expect(notes()).toEqual([
    { started: ["serve", "--port", "0"], by: process.execPath },
    { heard: { kind: "start", vault: "safe-storage" } },
  ]);
});

test("asks for paths by id, and passes on the host's refusal", async () => {
  const { host, kinds } = await trial("plain");
  await expect(host.ask({ kind: "path-of-image", imageId: "1" })).rejects.toThrow(
    "The studio is just starting.",
  );
  host.start();
  await vi.waitFor(() => expect(kinds()).toContain("ready"), soon);
  const paths = await Promise.all([
    host.ask({ kind: "path-of-image", imageId: "7" }),
    host.ask({ kind: "path-of-folder", folder: "models" }),
    host.ask({ kind: "path-of-image", imageId: "8" }),
  ]);
  expect(paths).toEqual(["/gallery/7.png", "/data/models", "/gallery/8.png"]);
  await expect(host.ask({ kind: "path-of-image", imageId: "gone" })).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: expect.stringContaining("There is no picture called gone."),
  });
});

test("a question is answered even if the host dies over it, and the host starts again", async () => {
  const { host, said, kinds, givenUp } = await trial("plain");
  host.start();
  await vi.waitFor(() => expect(kinds()).toContain("activity"), soon);
  await expect(host.ask({ kind: "path-of-image", imageId: "crash" })).rejects.toThrow(
    "The studio ended before it answered.",
  );
  await vi.waitFor(() => expect(kinds().filter((kind) => kind === "ready")).toHaveLength(2), soon);
  const pids = said.flatMap((one) => (one.kind === "ready" ? [one.pid] : []));
  expect(new Set(pids).size).toBe(2);
  expect(host.pid).toBe(pids[1]);
  expect(givenUp).toEqual([]);
});

test("a host that keeps dying is given up with its last output, and can be tried again", async () => {
  const backOff = new Impatient(2);
  const { host, givenUp, notes } = await trial("dies", backOff);
  host.start();
  await vi.waitFor(() => expect(givenUp).toEqual(["the last words\n"]), soon);
  expect(backOff.deaths).toBe(3);
  host.restart();
  await vi.waitFor(() => expect(givenUp).toHaveLength(2), soon);
  const starts = notes().filter((note) => JSON.stringify(note).includes("started"));
  expect(starts).toHaveLength(4);
});

test("the host's reason for not starting is reported, and it is not tried again", async () => {
  const { host, notes, said, givenUp } = await trial("fails");
  host.start();
  await vi.waitFor(() => expect(said).toHaveLength(1), soon);
  await vi.waitFor(() => expect(host.pid).toBeUndefined(), soon);
  await wait(50);
  expect(said).toMatchObject([{ kind: "failed", error: { code: "ALREADY_RUNNING" } }]);
  expect(notes()).toHaveLength(2);
  expect(givenUp).toEqual([]);
});

test("a program that cannot be started at all is given up with a message", async () => {
  const { host: _, ...rest } = await trial("plain");
  const host = new HostProcess({
    command: { node: "/nonexistent/node", args: [] },
    storage: await lentStorage("linux"),
    onAnnouncement: () => {},
    onGivenUp: (lastWords) => rest.givenUp.push(lastWords),
    backOff: new Impatient(0),
  });
  host.start();
  await vi.waitFor(() => expect(rest.givenUp).toHaveLength(1), soon);
  expect(rest.givenUp[0]).toContain("/nonexistent/node");
});

test("stops by closing the pipe, and does not start again", async () => {
  const { host, notes, kinds, givenUp } = await trial("plain");
  host.start();
  await vi.waitFor(() => expect(kinds()).toContain("ready"), soon);
  await host.stop();
  expect(host.pid).toBeUndefined();
  expect(notes().at(-1)).toBe("left alone");
  await wait(50);
  expect(notes().filter((note) => JSON.stringify(note).includes("started"))).toHaveLength(1);
  expect(givenUp).toEqual([]);
  await host.stop();
});

test("lines that are not part of the pipe's protocol are skipped", async () => {
  const { host, kinds } = await trial("babbles");
  host.start();
  await vi.waitFor(() => expect(kinds()).toEqual(["ready", "choices", "activity"]), soon);
});

test("lends its vault: secrets are sealed and unsealed here, and only the pipe sees them", async () => {
  const { host, notes } = await trial("seals");
  host.start();
  await vi.waitFor(() => expect(notes()).toHaveLength(4), soon);
  const sealed = Buffer.from("a3f7yranac_fh").toString("base64");
  expect(notes().slice(2)).toEqual([
    { heard: { kind: "vault-answer", id: 1, text: sealed } },
    { heard: { kind: "vault-answer", id: 2, text: "hf_canary7f3a" } },
  ]);
});

test("a vault that fails says so without revealing the secret", async () => {
  const { notes } = await trial("seals");
  const host = new HostProcess({
    command: { node: process.execPath, args: [STUB] },
    storage: {
      kind: "safe-storage",
      seal: (text) => Promise.reject(new Error(`cannot seal ${text}`)),
      unseal: (text) => Promise.reject(new Error(`cannot unseal ${text}`)),
    },
    onAnnouncement: () => {},
    onGivenUp: () => {},
  });
  onTestFinished(() => host.stop());
  host.start();
  await vi.waitFor(() => expect(notes()).toHaveLength(4), soon);
  expect(notes().slice(2)).toEqual([
    { heard: { kind: "vault-answer", id: 1, text: null } },
    { heard: { kind: "vault-answer", id: 2, text: null } },
  ]);
});

test.runIf(process.platform === "linux")(
  "the host leaves no core dump, and gets none of Electron's variables",
  async () => {
    vi.stubEnv("ELECTRON_RUN_AS_NODE", "1");
    vi.stubEnv("NODE_OPTIONS", "--no-warnings");
    vi.stubEnv("HF_TOKEN", "hf_mine");
    const { host, notes, kinds } = await trial("limits");
    host.start();
    await vi.waitFor(() => expect(kinds()).toContain("ready"), soon);
    const [{ core, names }] = notes().slice(2) as [{ core: string; names: string[] }];
    expect(core).toBe("0");
    expect(names.filter((name) => /^(ELECTRON|NODE_OPT|HF_)/.test(name))).toEqual(["HF_TOKEN"]);
  },
);

test.each([
  [true, "gnome_libsecret", "linux", "safe-storage"],
  [true, "basic_text", "linux", "basic-text"],
  [false, "gnome_libsecret", "linux", null],
  [true, "basic_text", "darwin", "safe-storage"],
])("encryption %s over %s on %s is lent as %s", async (isAvailable, backend, platform, kind) => {
  answers.isEncryptionAvailable = isAvailable;
  answers.storageBackend = backend;
  expect((await lentStorage(platform as NodeJS.Platform)).kind).toBe(kind);
});
