import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { pixels } from "../../engine/image/pixels.ts";
import { encodePng } from "../../engine/image/png/png.ts";
import { HostProcess } from "../e2e/host-process.ts";
import { darkroom, lines, type Outcome } from "../fakes/command-line.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const QUICK = ["--steps", "2", "--seed", "7"];

async function host(folder: string): Promise<HostProcess> {
  const process = new HostProcess(["--port", "0", "--data-dir", folder]);
  onTestFinished(() => process.stop("SIGKILL"));
  await process.start();
  return process;
}

/** The command line on one data folder. */
function on(folder: string) {
  return (...args: readonly string[]): Promise<Outcome> =>
    darkroom([...args, "--data-dir", folder]);
}

/** A command's output with `--json`, if it succeeds. */
async function told(outcome: Promise<Outcome>): Promise<Record<string, unknown>[]> {
  const { code, out, err } = await outcome;
  expect([code, err]).toEqual([0, expect.any(String)]);
  return lines(out);
}

test.each([["open"], ["queue", "list"]])(
  "%s of a studio that is not running says so",
  async (...command) => {
    const folder = temporaryFolder();
    const { pid } = await host(folder);
    process.kill(pid!, "SIGSTOP");
    const { code, out } = await on(folder)(...command, "--json");
    expect([code, lines(out)]).toMatchObject([
      1,
      [{ code: "STUDIO_SILENT", message: expect.stringContaining(`process ${pid}`) }],
    ]);
  },
);

test("what is queued without a studio is drawn when one runs", async () => {
  const folder = temporaryFolder();
  const run = on(folder);
  const added = await run("queue", "add", "a red fish", ...QUICK, "--count", "2");
  const ids = added.out.trim().split("\n");
  expect([added.code, ids.length, added.err]).toEqual([
    0,
    2,
    "No studio runs. They are drawn when one does.\n",
  ]);
  const waiting = await told(run("queue", "list", "--json"));
  expect(waiting.map(({ id, state }) => [id, state])).toEqual(ids.map((id) => [id, "waiting"]));
  await host(folder);
  await vi.waitFor(
    async () => {
      const states = (await told(run("queue", "--json"))).map(({ state }) => state);
      expect(states).toEqual(["done", "done"]);
    },
    { timeout: 300_000, interval: 1000 },
  );
});

describe("of a running studio", () => {
  test("the queue is paused, cancelled, tried again, cleared and resumed", async () => {
    const folder = temporaryFolder();
    const run = on(folder);
    await host(folder);
    await told(run("queue", "pause", "--json"));
    const [first, second] = await told(
      run("queue", "add", "a", ...QUICK, "--count", "2", "--json"),
    );
    await told(run("queue", "cancel", String(first!["id"])));
    const after = await run("queue", "--json");
    expect(after.err).toBe("The queue is paused.\n");
    expect(lines(after.out).map(({ id, state }) => [id, state])).toEqual([
      [second!["id"], "waiting"],
      [first!["id"], "cancelled"],
    ]);
    const batch = await told(run("queue", "add", "b", ...QUICK, "--count", "3", "--json"));
    await told(run("queue", "cancel", String(batch[1]!["id"]), "--batch"));
    await told(run("queue", "cancel", "--running", "--batch"));
    const open = (await told(run("queue", "--json"))).filter(({ state }) => state === "waiting");
    expect(open.map(({ id }) => id)).toEqual([second!["id"]]);
    await told(run("queue", "cancel", "--all"));
    await told(run("queue", "retry", String(first!["id"])));
    await told(run("queue", "clear"));
    const left = await told(run("queue", "--json"));
    expect(left.map(({ state }) => state)).toEqual(["waiting"]);
    await told(run("queue", "resume"));
    await vi.waitFor(
      async () => {
        const states = (await told(run("queue", "--json"))).map(({ state }) => state);
        expect(states).toEqual(["done"]);
      },
      { timeout: 300_000, interval: 1000 },
    );
  });

  test("a new address is printed, valid for this studio", async () => {
    const folder = temporaryFolder();
    const running = await host(folder);
    const { out } = await on(folder)("open");
    expect(out).toMatch(new RegExp(`^${running.origin}/#code=[\\w-]{43}\n$`));
    expect(out.trim()).not.toBe(running.url);
  });

  test("settings that are changed from outside apply to the studio", async () => {
    const folder = temporaryFolder();
    const run = on(folder);
    await host(folder);
    await told(run("settings", "set", "theme", "dark"));
    await told(run("settings", "set", "notify", "false"));
    expect([
      (await run("settings", "get", "theme")).out,
      await told(run("settings", "get", "notify", "--json")),
    ]).toEqual(["dark\n", [{ type: "setting", name: "notify", value: false }]]);
  });
});

describe("of a gallery", () => {
  let folder = "";
  let ids: string[] = [];

  // One for all tests, since drawing takes long; each test restores its state.
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "darkroom-test-"));
    const process = new HostProcess(["--port", "0", "--data-dir", folder]);
    await process.start();
    try {
      for (const prompt of ["a red fish", "a blue house"]) {
        await told(on(folder)("queue", "add", prompt, ...QUICK, "--json"));
      }
      while (ids.length < 2) {
        ids = (await told(on(folder)("gallery", "--json"))).map(({ id }) => String(id));
      }
    } finally {
      await process.stop();
    }
    return () => rmSync(folder, { recursive: true, force: true });
  }, 600_000);

  test("pictures are listed and found by their words, without addresses", async () => {
    const [house, fish] = await told(on(folder)("gallery", "list", "--json"));
    expect([house, fish]).toEqual([
      expect.objectContaining({ type: "image", id: ids[0] }),
      expect.objectContaining({ type: "image", id: ids[1] }),
    ]);
    expect(house).not.toHaveProperty("address");
    expect(house).not.toHaveProperty("thumbnail");
    const found = await told(on(folder)("gallery", "--search", "red fi", "--json"));
    expect(found.map(({ id }) => id)).toEqual([ids[1]]);
    const oldest = await told(on(folder)("gallery", "--oldest", "--limit", "1", "--json"));
    expect(oldest.map(({ id }) => id)).toEqual([ids[1]]);
  });

  test("a picture says how it was made", async () => {
    const { out } = await on(folder)("gallery", "show", ids[1]!);
    expect(JSON.parse(out)).toMatchObject({
      record: { prompt: "a red fish", seed: "7", steps: 2 },
    });
  });

  test("stars are set and cleared", async () => {
    const run = on(folder);
    await told(run("gallery", "star", ids[0]!));
    expect(await told(run("gallery", "--starred", "--json"))).toHaveLength(1);
    await told(run("gallery", "unstar", ids[0]!));
    expect(await told(run("gallery", "--starred", "--json"))).toHaveLength(0);
  });

  test("trashed pictures can be restored", async () => {
    const run = on(folder);
    await told(run("gallery", "trash", ids[0]!));
    expect((await told(run("gallery", "--json"))).map(({ id }) => id)).toEqual([ids[1]]);
    expect((await told(run("gallery", "--trashed", "--json"))).map(({ id }) => id)).toEqual([
      ids[0],
    ]);
    await told(run("gallery", "restore", ids[0]!));
    expect(await told(run("gallery", "--json"))).toHaveLength(2);
  });

  test("ratings and tags are set, found and cleared", async () => {
    const run = on(folder);
    const found = async (search: string) =>
      (await told(run("gallery", "--search", search, "--json"))).map(({ id }) => id);
    await told(run("gallery", "mark", ...ids, "--rating", "4", "--tag", "sea", "best of"));
    expect(await found("rating:4 tag:sea")).toEqual(ids);
    await told(run("gallery", "mark", ids[0]!, "--rating", "0", "--untag", "sea"));
    expect([await found("rating:>=1"), await found('tag:"best of"')]).toEqual([[ids[1]], ids]);
    await told(run("gallery", "mark", ...ids, "--rating", "0", "--untag", "sea", "best of"));
    expect(await found("tag:sea")).toEqual([]);
    const wrong = await run("gallery", "mark", ids[0]!, "--rating", "6");
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("from 0 to 5")]);
  });

  test("albums are made, filled, renamed and deleted; their pictures stay", async () => {
    const run = on(folder);
    const albums = async () =>
      (await told(run("gallery", "album", "--json"))).map(({ name, count }) => [name, count]);
    await told(run("gallery", "album", "make", "Blue"));
    const twice = await run("gallery", "album", "make", "blue", "--json");
    expect([twice.code, lines(twice.out)[0]!["code"]]).toEqual([1, "ALBUM_EXISTS"]);
    await told(run("gallery", "album", "add", "Blue", ...ids));
    await told(run("gallery", "album", "take", "Blue", ids[1]!));
    await told(run("gallery", "album", "rename", "Blue", "Houses"));
    await told(run("gallery", "album", "cover", "Houses", ids[0]!));
    expect(await albums()).toEqual([["Houses", 1]]);
    expect((await run("gallery", "album")).out).toBe("1\tHouses\n");
    await told(run("gallery", "album", "delete", "Houses"));
    expect([await albums(), await told(run("gallery", "--json"))]).toEqual([
      [],
      expect.objectContaining({ length: 2 }),
    ]);
    const gone = await run("gallery", "album", "add", "Houses", ids[0]!, "--json");
    expect([gone.code, lines(gone.out)[0]!["code"]]).toEqual([1, "NOT_FOUND"]);
  });

  test("files and folders are imported once; other files are named and not changed", async () => {
    const run = on(folder);
    const source = temporaryFolder();
    const png = (shade: number) => encodePng(pixels(2, 2, new Uint8Array(12).fill(shade)));
    mkdirSync(join(source, "deep/.hidden"), { recursive: true });
    writeFileSync(join(source, "a.png"), png(1));
    writeFileSync(join(source, "deep/b.PNG"), png(2));
    writeFileSync(join(source, "deep/copy of a.png"), png(1));
    writeFileSync(join(source, "deep/.hidden/c.png"), png(3));
    writeFileSync(join(source, "broken.png"), png(4).subarray(0, 30));
    writeFileSync(join(source, "notes.txt"), "mine");
    const first = await run("gallery", "import", source, "--json");
    expect(first.code).toBe(1);
    expect(lines(first.out)).toMatchObject([
      { type: "imported", path: join(source, "a.png") },
      { type: "failed", path: join(source, "broken.png"), code: "IMAGE_UNREADABLE" },
      { type: "imported", path: join(source, "deep/b.PNG") },
      { type: "present", path: join(source, "deep/copy of a.png") },
      { type: "sum", imported: 2, present: 1, failed: 1, others: 1 },
    ]);
    const again = await run("gallery", "import", join(source, "a.png"), join(source, "deep"));
    expect([again.code, again.out, again.err]).toEqual([
      0,
      "",
      "0 imported, 3 already in the gallery.\n",
    ]);
    const named = await run("gallery", "import", join(source, "notes.txt"), join(source, "no.png"));
    expect([named.code, named.err]).toEqual([1, expect.stringMatching(/notes\.txt.*\n.*no\.png/)]);
    expect(readFileSync(join(source, "a.png")).equals(png(1))).toBe(true);
    const imported = lines(first.out).filter(({ type }) => type === "imported");
    await told(run("gallery", "trash", ...imported.map(({ id }) => String(id))));
    expect(await told(run("gallery", "--json"))).toHaveLength(2);
  });

  test("pictures are copied to a folder, and existing files are kept", async () => {
    const run = on(folder);
    const out = join(temporaryFolder(), "out");
    const copied = await told(run("gallery", "export", out, "--search", "fish", "--json"));
    expect(copied).toEqual([{ type: "file", id: ids[1], path: expect.stringMatching(/\.png$/) }]);
    const path = String(copied[0]!["path"]);
    expect(readFileSync(path).subarray(1, 4).toString()).toBe("PNG");
    writeFileSync(path, "mine");
    const again = await run("gallery", "export", out, ids[1]!, "--json");
    expect([again.code, lines(again.out)[0]!["code"], readFileSync(path, "utf8")]).toEqual([
      1,
      "OUTPUT_EXISTS",
      "mine",
    ]);
    await told(run("gallery", "export", out, ids[1]!, "--force", "--json"));
    expect(readFileSync(path).subarray(1, 4).toString()).toBe("PNG");
  });

  test("a running studio returns the same bytes through its socket", async () => {
    const [alone, running] = [join(temporaryFolder(), "a"), join(temporaryFolder(), "b")];
    const first = await told(on(folder)("gallery", "export", alone, ids[0]!, "--json"));
    await host(folder);
    const second = await told(on(folder)("gallery", "export", running, ids[0]!, "--json"));
    const bytes = [first, second].map(([line]) => readFileSync(String(line!["path"])));
    expect(bytes[0]!.equals(bytes[1]!)).toBe(true);
  });
});

test("a token is read from the standard input and never shown", async () => {
  const folder = temporaryFolder();
  const args = ["--data-dir", folder];
  const canary = "hf_canary0123456789";
  const set = await darkroom(["settings", "set", "hub-token", ...args], { input: `${canary}\n` });
  expect(set).toEqual({ code: 0, out: "", err: "" });
  const all = await darkroom(["settings", "--json", ...args]);
  expect(lines(all.out).at(-1)).toMatchObject({ type: "secret", name: "hub-token", isSet: true });
  expect(all.out).not.toContain("canary");
  await told(darkroom(["settings", "unset", "hub-token", ...args]));
  const after = await darkroom(["settings", "--json", ...args]);
  expect(lines(after.out).at(-1)).toMatchObject({ isSet: false });
});

test.each([
  [["open"], 1, "NOT_RUNNING"],
  [["settings", "get", "colour"], 1, "NOT_FOUND"],
  [["settings", "set", "theme", "pink"], 2, "REQUEST_INVALID"],
  [["settings", "set", "theme"], 2, "REQUEST_INVALID"],
  [["settings", "set", "hub-token", "hf_seen-by-everyone"], 2, "REQUEST_INVALID"],
  [["gallery", "show", "none"], 1, "NOT_FOUND"],
  [["queue", "cancel"], 2, "REQUEST_INVALID"],
  [["queue", "add", "x", "--size", "100x100"], 2, "REQUEST_INVALID"],
  [["queue", "add", "x", "--init-image", "no.png"], 1, "IMAGE_UNREADABLE"],
  [["queue", "add", "x", "--model", "none"], 1, "NOT_FOUND"],
])("%j exits with %i %s", async (args, code, error) => {
  const outcome = await darkroom([...args, "--json", "--data-dir", temporaryFolder()]);
  expect([outcome.code, lines(outcome.out).at(-1)]).toEqual([
    code,
    { type: "error", code: error, message: expect.stringMatching(/\.$/) },
  ]);
  expect(outcome.out).not.toContain("seen-by-everyone");
});

test.each([
  [["serve", "--port", "70000"]],
  [["serve", "--port", "http"]],
  [["queue", "add"]],
  [["queue", "jump"]],
  [["gallery", "show"]],
  [["gallery", "--size", "large"]],
  [["settings", "set"]],
])("%j is wrong usage", async (args) => {
  const outcome = await darkroom([...args, "--data-dir", temporaryFolder()]);
  expect([outcome.code, outcome.out]).toEqual([2, ""]);
});

test("an unusable data folder is named", async () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  const outcome = await darkroom(["queue", "--json", "--data-dir", file]);
  expect([outcome.code, lines(outcome.out)]).toEqual([
    1,
    [{ type: "error", code: "DATA_FOLDER_UNUSABLE", message: expect.stringContaining(file) }],
  ]);
});

test("DARKROOM_HOME is the data folder if none is given", async () => {
  const folder = temporaryFolder();
  const env = { DARKROOM_HOME: folder };
  expect((await darkroom(["settings", "set", "theme", "light"], { env })).code).toBe(0);
  expect((await on(folder)("settings", "get", "theme")).out).toBe("light\n");
});
