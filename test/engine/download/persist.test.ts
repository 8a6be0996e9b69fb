import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import {
  Interrupted,
  persist,
  Unreached,
  type Patience,
} from "../../../engine/download/persist.ts";

const PATIENCE: Patience = {
  pausesMs: [0, 0],
  failed: (url, reason) => new StudioError("DOWNLOAD_FAILED", { file: url, reason }),
};

test("retries after each pause, then names the last reason", async () => {
  let tries = 0;
  const task = async () => {
    throw new Interrupted(`reason ${++tries}`);
  };
  await expect(persist("https://a.example/", PATIENCE, task)).rejects.toMatchObject({
    code: "DOWNLOAD_FAILED",
    details: { file: "https://a.example/", reason: "reason 3" },
  });
});

test("keeps retrying while the server delivers something each time, but not for ever", async () => {
  let tries = 0;
  const task = async () => {
    tries++;
    throw new Interrupted("cut");
  };
  await expect(
    persist("https://a.example/", PATIENCE, task, async () => true),
  ).rejects.toMatchObject({
    code: "DOWNLOAD_FAILED",
  });
  expect(tries).toBe(100);
});

test("does not repeat what another try cannot fix", async () => {
  let tries = 0;
  const task = async () => {
    tries++;
    throw new TypeError("a mistake of ours");
  };
  await expect(persist("https://a.example/", PATIENCE, task)).rejects.toThrow("a mistake of ours");
  expect(tries).toBe(1);
});

test("stops waiting when cancelled in a pause", async () => {
  const cancel = new AbortController();
  const waiting = persist(
    "https://a.example/",
    { ...PATIENCE, pausesMs: [60_000], signal: cancel.signal },
    async () => {
      queueMicrotask(() => cancel.abort(new Error("enough")));
      throw new Interrupted("cut");
    },
  );
  await expect(waiting).rejects.toThrow("enough");
});

test("waits for no connection longer than allowed, but survives a broken one", async () => {
  const patient = { ...PATIENCE, pausesMs: [0, 60_000], reachMs: 5_000 };
  let tries = 0;
  const failing = (error: Error) => () => {
    tries++;
    return Promise.reject(error);
  };
  await expect(persist("a", patient, failing(new Unreached("none")))).rejects.toMatchObject({
    details: { reason: "none" },
  });
  expect(tries).toBe(2);
  const waiting = new AbortController();
  const work = persist(
    "a",
    { ...patient, signal: waiting.signal },
    failing(new Interrupted("cut")),
  );
  await expect.poll(() => tries).toBe(4);
  waiting.abort(new Error("enough"));
  await expect(work).rejects.toThrow("enough");
});
