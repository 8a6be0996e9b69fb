import { expect, test } from "vitest";
import { Lanes } from "../../../engine/worker/lanes.ts";

/** Lanes that record their calls. */
function scene(waiting: readonly string[], drawsOwn = false) {
  const told: string[] = [];
  const mayStart = new Map<string, () => boolean>();
  const lane = (name: string) => ({
    start: () => void told.push(`${name} starts`),
    wake: () => void told.push(`${name} wakes`),
    cancel: (id: string) => void told.push(`${name} cancels ${id}`),
    forget: (ids: readonly string[]) => void told.push(`${name} forgets ${ids.join()}`),
    close: async () => void told.push(`${name} closes`),
  });
  const lanes = new Lanes({
    local: lane("here"),
    waitingTargets: () => waiting,
    laneOf: (target, may) => {
      mayStart.set(target, may);
      return lane(target);
    },
    drawsOwn,
  });
  return { lanes, told, mayStart };
}

test("every target with a waiting generation has one lane, made once", () => {
  const { lanes, told } = scene(["local", "edge"]);
  lanes.start();
  expect(told).toEqual(["here starts", "edge starts", "here wakes", "edge wakes"]);
  lanes.added("edge", 1);
  expect(told.slice(4)).toEqual(["here wakes", "edge wakes"]);
});

test("all lanes are notified of cancelled and deleted generations, and of closing", async () => {
  const { lanes, told } = scene(["edge"]);
  lanes.start();
  told.length = 0;
  lanes.cancel("one");
  lanes.forget(["two", "three"]);
  await lanes.close();
  expect(told).toEqual([
    "here cancels one",
    "edge cancels one",
    "here forgets two,three",
    "edge forgets two,three",
    "here closes",
    "edge closes",
  ]);
});

test("if nothing is started nothing is drawn, whatever waits", () => {
  const { lanes, told } = scene(["local", "edge"]);
  lanes.wake();
  lanes.added("edge", 1);
  expect(told).toEqual([]);
});

test("an endpoint may draw what this program requested, and nothing else that waits", () => {
  const { lanes, told, mayStart } = scene(["local", "edge", "other"], true);
  lanes.added("local", 5);
  lanes.added("edge", 2);
  expect(told).toEqual(["edge starts", "edge wakes"]);
  const may = mayStart.get("edge")!;
  expect([may(), may(), may(), may()]).toEqual([true, true, false, false]);
});
