import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import type { Transfer } from "../../../engine/contract/transfers.ts";
import { Transfers, type TransfersOptions } from "../../../engine/transfers/transfers.ts";
import { scriptedRunner, scriptedRunners } from "../../fakes/scripted-runner.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

async function studio(
  dataFolder = temporaryFolder(),
  changes: Partial<TransfersOptions> = {},
  isPassive = false,
) {
  const told: Transfer[] = [];
  const removed: string[] = [];
  const transfers = await Transfers.open({
    dataFolder,
    onChange: (changed) => told.push(...changed),
    onRemove: (ids) => removed.push(...ids),
    tickMs: 20,
    ...changes,
  });
  const runners = scriptedRunners();
  transfers.begin(runners, isPassive);
  const states = () => transfers.list().map(({ state }) => state);
  return { dataFolder, transfers, told, removed, runners, states };
}

const download = (name: string) => ({ kind: "download", name, order: { name } }) as const;
const until = (isSo: () => boolean) => vi.waitFor(() => expect(isSo()).toBe(true), 20_000);

test("runs a transfer to its end and reports it", async () => {
  const { transfers, told, runners } = await studio();
  const id = await transfers.add(download("a"));
  const [run] = runners.download.runs;
  expect(run).toMatchObject({ id, order: { name: "a" } });
  run?.onProgress({ doneBytes: 40, totalBytes: 100 });
  run?.onNote("trying the mirror");
  run?.finish("model-a");
  await until(() => transfers.list()[0]?.state === "done");
  expect(transfers.list()).toEqual([
    {
      id,
      kind: "download",
      name: "a",
      state: "done",
      doneBytes: 100,
      totalBytes: 100,
      note: "trying the mirror",
      modelId: "model-a",
      createdAt: expect.any(String),
    },
  ]);
  expect(told.map(({ state }) => state)).toEqual(["waiting", "running", "running", "done"]);
});

test("reports progress and speed once in a while, not each time", async () => {
  const { transfers, told, runners } = await studio();
  await transfers.add(download("a"));
  const [run] = runners.download.runs;
  run?.onProgress({ doneBytes: 0, totalBytes: 1000 });
  await until(() => told.some(({ totalBytes }) => totalBytes === 1000));
  await sleep(250);
  const before = told.length;
  for (let doneBytes = 1; doneBytes <= 500; doneBytes++) {
    run?.onProgress({ doneBytes, totalBytes: 1000 });
  }
  await until(() => (told.at(-1)?.bytesPerSecond ?? 0) > 0);
  expect(told.length - before).toBeLessThan(20);
  expect(told.at(-1)).toMatchObject({ doneBytes: 500, secondsLeft: expect.any(Number) });
  await transfers.close();
});

test("runs one of each kind at a time, in order", async () => {
  const { transfers, runners, states } = await studio();
  await transfers.add(download("a"));
  await transfers.add(download("b"));
  await transfers.add({ kind: "verify", name: "c", order: {} });
  expect(states()).toEqual(["running", "waiting", "running"]);
  runners.download.runs[0]?.finish("a");
  await until(() => states().join() === "done,running,running");
  expect(runners.download.runs.map(({ order }) => order)).toEqual([{ name: "a" }, { name: "b" }]);
});

test("keeps why one failed, and lets it continue", async () => {
  const { transfers, runners, states } = await studio();
  const id = await transfers.add(download("a"));
  runners.download.runs[0]?.fail(new StudioError("DISK_FULL", { path: "/models", needed: "1 GB" }));
  await until(() => states()[0] === "failed");
  expect(transfers.list()[0]?.error).toMatchObject({ code: "DISK_FULL" });
  await transfers.resume([id]);
  expect(transfers.list()[0]).toMatchObject({ state: "running", error: undefined });
  runners.download.runs[1]?.finish("a");
  await until(() => states()[0] === "done");
});

test("logs what is not a refusal, and does not show it", async () => {
  const logged: unknown[] = [];
  const { transfers, runners, states } = await studio(undefined, {
    logError: (error) => logged.push(error),
  });
  await transfers.add(download("a"));
  runners.download.runs[0]?.fail(new TypeError("secret"));
  await until(() => states()[0] === "failed");
  expect(transfers.list()[0]?.error).toMatchObject({ code: "INTERNAL" });
  expect(JSON.stringify(transfers.list())).not.toContain("secret");
  expect(logged).toEqual([new TypeError("secret")]);
});

test("pauses a download and continues it, after the first run has released it", async () => {
  const { transfers, states, runners } = await studio();
  const slow = scriptedRunner(true, false);
  transfers.begin({ ...runners, download: slow, import: slow });
  const id = await transfers.add(download("a"));
  await transfers.pause([id]);
  expect({ states: states(), aborted: slow.runs[0]?.signal.aborted }).toEqual({
    states: ["paused"],
    aborted: true,
  });
  await transfers.resume([id]);
  expect({ states: states(), runs: slow.runs.length }).toEqual({ states: ["waiting"], runs: 1 });
  slow.runs[0]?.fail(slow.runs[0].signal.reason);
  await until(() => slow.runs.length === 2);
  expect({ states: states(), discarded: slow.discarded }).toEqual({
    states: ["running"],
    discarded: [],
  });
});

test("keeps what is complete although it was cancelled a moment before", async () => {
  const { transfers, states, runners } = await studio();
  const slow = scriptedRunner(true, false);
  transfers.begin({ ...runners, download: slow, import: slow });
  const id = await transfers.add(download("a"));
  await transfers.cancel([id]);
  slow.runs[0]?.finish("a");
  await until(() => states()[0] === "done");
  expect(slow.discarded).toEqual([]);
});

test("starts nothing of an earlier run for a command that only looks, unless it is requested again", async () => {
  const first = await studio();
  await first.transfers.add(download("a"));
  await first.transfers.add(download("b"));
  const passive = await studio(first.dataFolder, {}, true);
  expect(passive.states()).toEqual(["waiting", "waiting"]);
  await passive.transfers.add(download("b"));
  expect(passive.states()).toEqual(["waiting", "running"]);
  await passive.transfers.close();
});

test("lets the next one run while one is paused", async () => {
  const { transfers, states } = await studio();
  const id = await transfers.add(download("a"));
  await transfers.add(download("b"));
  await transfers.pause([id]);
  await vi.waitFor(() => expect(states()).toEqual(["paused", "running"]), 20_000);
});

test("does not pause what cannot be paused, nor what has ended", async () => {
  const { transfers, runners, states } = await studio();
  const imported = await transfers.add({ kind: "import", name: "mine", order: {} });
  await expect(transfers.pause([imported])).rejects.toMatchObject({ code: "STATE_CONFLICT" });
  runners.import.runs[0]?.finish("mine");
  await until(() => states()[0] === "done");
  await expect(transfers.pause([imported])).rejects.toMatchObject({
    code: "STATE_CONFLICT",
    details: { what: "mine", wanted: "paused", state: "done" },
  });
  await expect(transfers.resume([imported])).rejects.toMatchObject({ code: "STATE_CONFLICT" });
  await expect(transfers.cancel(["unknown"])).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test.each(["running", "waiting", "paused", "failed"])(
  "cancels one that is %s and deletes what is half done",
  async (state) => {
    const { transfers, runners } = await studio();
    if (state === "waiting") await transfers.add(download("before"));
    const id = await transfers.add(download("a"));
    const stateOf = () => transfers.list().find((transfer) => transfer.id === id)?.state;
    if (state === "paused") await transfers.pause([id]);
    if (state === "failed") runners.download.runs[0]?.fail(new StudioError("HUB_REFUSED"));
    await until(() => stateOf() === state);
    await transfers.cancel([id]);
    await until(() => runners.download.discarded.length === 1);
    expect({ state: stateOf(), discarded: runners.download.discarded }).toEqual({
      state: "cancelled",
      discarded: [id],
    });
  },
);

test("ignores a cancel of what has ended", async () => {
  const { transfers, runners, states } = await studio();
  const id = await transfers.add(download("a"));
  runners.download.runs[0]?.finish("a");
  await until(() => states()[0] === "done");
  await transfers.cancel([id]);
  expect(states()).toEqual(["done"]);
  expect(runners.download.discarded).toEqual([]);
});

test("deletes what has ended, and what is left of what failed", async () => {
  const { transfers, runners, states, removed } = await studio();
  const failed = await transfers.add(download("a"));
  runners.download.runs[0]?.fail(new StudioError("HUB_REFUSED"));
  await until(() => states()[0] === "failed");
  const running = await transfers.add(download("b"));
  await transfers.clear();
  expect(transfers.list().map(({ id }) => id)).toEqual([running]);
  expect(removed).toEqual([failed]);
  expect(runners.download.discarded).toEqual([failed]);
});

test("one that is being deleted cannot be continued", async () => {
  const deleting = Promise.withResolvers<void>();
  const { transfers, runners, states } = await studio();
  const slow = { ...runners.download, discard: () => deleting.promise };
  transfers.begin({ ...runners, download: slow });
  const id = await transfers.add(download("a"));
  const [run] = runners.download.runs;
  run?.fail(new StudioError("HUB_REFUSED"));
  await until(() => states()[0] === "failed");
  const cleared = transfers.clear();
  await expect(transfers.resume([id])).rejects.toMatchObject({ code: "NOT_FOUND" });
  // Progress reported after a run has ended is ignored.
  run?.onProgress({ doneBytes: 1, totalBytes: 2 });
  run?.onNote("late");
  deleting.resolve();
  await cleared;
  expect([states(), runners.download.runs.length]).toEqual([[], 1]);
});

test("does not start what could not be recorded", async () => {
  const { dataFolder, transfers, runners, states } = await studio();
  await transfers.add(download("a"));
  rmSync(dataFolder, { recursive: true });
  const refused = transfers.add(download("b")).catch((error: unknown) => error);
  runners.download.runs[0]?.finish("a");
  expect(await refused).toMatchObject({ code: "DATA_FOLDER_UNUSABLE" });
  await until(() => states().join() === "done");
  expect(runners.download.runs.map(({ order }) => order)).toEqual([{ name: "a" }]);
});

test("pauses all of them or none", async () => {
  const { transfers, states } = await studio();
  const pausable = await transfers.add(download("a"));
  const other = await transfers.add({ kind: "import", name: "mine", order: {} });
  await expect(transfers.pause([pausable, other])).rejects.toMatchObject({
    code: "STATE_CONFLICT",
  });
  expect(states()).toEqual(["running", "running"]);
});

test("accepts the same order once while it is open", async () => {
  const { transfers, runners, states } = await studio();
  const id = await transfers.add(download("a"));
  expect(await transfers.add(download("a"))).toBe(id);
  runners.download.runs[0]?.fail(new StudioError("HUB_UNREACHABLE"));
  await until(() => states()[0] === "failed");
  expect(await transfers.add(download("a"))).toBe(id);
  expect(states()).toEqual(["running"]);
  runners.download.runs[1]?.finish("a");
  await until(() => states()[0] === "done");
  expect(await transfers.add(download("a"))).not.toBe(id);
});

test("after a restart, continues what ran and waited, and not what was paused", async () => {
  const first = await studio();
  const paused = await first.transfers.add(download("a"));
  await first.transfers.pause([paused]);
  await first.transfers.add(download("b"));
  await until(() => first.states().join() === "paused,running");
  first.runners.download.runs[1]?.onProgress({ doneBytes: 40, totalBytes: 100 });
  await first.transfers.add(download("c"));
  await first.transfers.close();
  const second = await studio(first.dataFolder);
  expect(second.states()).toEqual(["paused", "running", "waiting"]);
  expect(second.transfers.list()[1]).toMatchObject({ doneBytes: 40, totalBytes: 100 });
  expect(second.runners.download.runs[0]?.order).toEqual({ name: "b" });
  expect(second.transfers.openIds).toHaveLength(3);
});

test("continues after a kill as after a restart", async () => {
  const first = await studio();
  await first.transfers.add(download("a"));
  const second = await studio(first.dataFolder);
  expect(second.states()).toEqual(["running"]);
});

test("confirms nothing that is not on disk", async () => {
  const { dataFolder, transfers } = await studio();
  const id = await transfers.add(download("a"));
  const kept: unknown = JSON.parse(readFileSync(join(dataFolder, "transfers.json"), "utf8"));
  expect(kept).toMatchObject({ transfers: [{ transfer: { id }, order: { name: "a" } }] });
});

test("starts without them if the file is damaged, keeps it and what they downloaded, and says so", async () => {
  const dataFolder = temporaryFolder();
  const first = await studio(dataFolder);
  const id = await first.transfers.add(download("a"));
  await first.transfers.pause([id]);
  await first.transfers.close();
  writeFileSync(join(dataFolder, "transfers.json"), "{");
  const { transfers } = await studio(dataFolder);
  expect(transfers.list()).toEqual([]);
  expect(transfers.notices).toEqual([
    expect.stringContaining("kept as transfers.damaged.json"),
    expect.stringContaining("Unfinished downloads stay in the models folder"),
  ]);
  expect(readdirSync(dataFolder)).toEqual(["transfers.damaged.json"]);
  const later = await studio(dataFolder);
  expect([transfers.mayNeed(id), later.transfers.mayNeed(id)]).toEqual([true, true]);
  rmSync(join(dataFolder, "transfers.damaged.json"));
  expect(later.transfers.mayNeed(id)).toBe(false);
});

test("a transfer of a later version is kept with what it needs, and all others continue", async () => {
  const dataFolder = temporaryFolder();
  const path = join(dataFolder, "transfers.json");
  const first = await studio(dataFolder);
  const id = await first.transfers.add(download("a"));
  await first.transfers.close();
  const { transfers: rows } = JSON.parse(readFileSync(path, "utf8")) as { transfers: object[] };
  const later = { transfer: { id: "later", kind: "quantize", state: "paused" }, order: [1] };
  const failed = { code: "OF_A_LATER_VERSION", message: "x", details: {} };
  const [own] = rows as { transfer: object }[];
  const withError = { ...own, transfer: { ...own?.transfer, state: "failed", error: failed } };
  writeFileSync(path, JSON.stringify({ transfers: [later, withError] }));
  const { transfers } = await studio(dataFolder);
  expect(transfers.list().map((one) => [one.id, one.state])).toEqual([[id, "failed"]]);
  expect(transfers.notices).toHaveLength(1);
  expect(["later", id, "unknown"].map((key) => transfers.mayNeed(key))).toEqual([
    true,
    true,
    false,
  ]);
  await transfers.clear();
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ transfers: [later] });
});
