import { setTimeout as wait } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { IDLE } from "../../electron/activity.ts";
import { Quit } from "../../electron/quit.ts";
import { answers, app, callsOf, record, resetElectron } from "../fakes/electron.ts";

beforeEach(resetElectron);

function trial(activity = IDLE, stop = async () => {}) {
  const stops: string[] = [];
  const quit = new Quit({
    activity: () => activity,
    stop: async () => {
      stops.push("stop");
      await stop();
    },
  });
  return { quit, stops };
}

const settled = () => wait(5);
const busy = { openCount: 3, transferCount: 1 };

test("asks nothing while nothing runs, and ends the host before itself", async () => {
  const { quit, stops } = trial();
  app.quit();
  await settled();
  expect(record.map(([name]) => name)).toEqual(["quit prevented", "quit"]);
  expect(stops).toEqual(["stop"]);
  expect(quit.isLeaving).toBe(true);
});

test("asks while something runs, and says what", async () => {
  trial(busy);
  app.quit();
  await settled();
  expect(callsOf("showMessageBox")).toEqual([
    [
      expect.objectContaining({
        message: "Quit while the studio is at work?",
        detail: expect.stringMatching(/^3 pictures to draw, 1 transfer running\. What waits stays/),
        buttons: ["Quit", "Keep working"],
        defaultId: 1,
        cancelId: 1,
      }),
    ],
  ]);
  expect(callsOf("quit")).toHaveLength(1);
});

test("after the user chose to continue, it asks again the next time", async () => {
  const { quit, stops } = trial(busy);
  answers.messageBox = 1;
  app.quit();
  await settled();
  expect(quit.isLeaving).toBe(false);
  app.quit();
  await settled();
  expect(callsOf("showMessageBox")).toHaveLength(2);
  expect([stops, callsOf("quit")]).toEqual([[], []]);
});

test("pressed twice, it asks once and stops once", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { stops } = trial(busy, () => promise);
  app.quit();
  app.quit();
  await settled();
  app.quit();
  await settled();
  expect([callsOf("showMessageBox").length, callsOf("quit").length]).toEqual([1, 0]);
  resolve();
  await settled();
  expect([stops, callsOf("quit").length]).toEqual([["stop"], 1]);
});
