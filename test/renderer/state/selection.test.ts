import { afterEach, expect, test } from "vitest";
import type { Generation } from "../../../engine/contract/generation.ts";
import {
  lookedAt,
  markPress,
  openOfPress,
  pick,
  pressOf,
  sessionNow,
  togglePicked,
  useSelection,
} from "../../../renderer/state/selection.ts";
import { forgetGenerations, mergeGenerations, useQueue } from "../../../renderer/state/queue.ts";
import { generationOf, orderOf } from "../../fakes/fake-studio-rows.ts";

afterEach(() => {
  useQueue.setState(useQueue.getInitialState(), true);
  useSelection.setState({}, true);
});

const done = generationOf(orderOf(0), 1, { state: "done" });
const waiting = generationOf(orderOf(1), 2, {});
const running = generationOf(orderOf(2), 3, { state: "running" });
const pressed = { ...generationOf(orderOf(3), 0, {}), id: "pressed-1" };

function queueOf(rows: readonly Generation[], places: readonly Generation[] = []) {
  const open = rows.filter(({ state }) => state === "waiting" || state === "running");
  return {
    ...useQueue.getInitialState(),
    byId: Object.fromEntries(rows.map((row) => [row.id, row])),
    openIds: open.map(({ id }) => id),
    pressed: places,
  };
}

test("the selected one is shown; otherwise what runs, what is next, what was requested, the newest", () => {
  expect(lookedAt(queueOf([done, waiting, running], [pressed]), done.id)).toBe(done);
  expect(lookedAt(queueOf([done, waiting, running], [pressed]), "gone")).toBe(running);
  expect(lookedAt(queueOf([done, waiting], [pressed]), undefined)).toBe(waiting);
  expect(lookedAt(queueOf([done], [pressed]), undefined)).toBe(pressed);
  expect(lookedAt(queueOf([done]), undefined)).toBe(done);
  expect(lookedAt(queueOf([]), undefined)).toBeUndefined();
});

test("a trashed one is replaced by the one after it in the strip, or the one before", () => {
  const older = generationOf(orderOf(4), 9, { state: "done" });
  const queue = queueOf([older, done]);
  const isTrashed = (id: string) => (generation: Generation) => generation.id === id;
  expect(lookedAt(queue, done.id, isTrashed(done.id))).toBe(older);
  expect(lookedAt(queue, older.id, isTrashed(older.id))).toBe(done);
  expect(lookedAt(queue, undefined, isTrashed(done.id))).toBe(older);
  expect(lookedAt(queueOf([done]), undefined, isTrashed(done.id))).toBeUndefined();
});

test("a trashed one of a batch is replaced by another one of its batch", () => {
  const older = generationOf(orderOf(4), 9, { state: "done" });
  const [first, second] = ["trashed", "next"].map((id, minutes) => ({
    ...generationOf(orderOf(5), 8 - minutes, { state: "done" }),
    id,
  }));
  markPress(["trashed", "next"]);
  const queue = queueOf([older, first, second].filter((row) => row !== undefined));
  expect(lookedAt(queue, "trashed", ({ id }) => id === "trashed")).toBe(second);
  expect(lookedAt(queue, "trashed", ({ id }) => id !== older.id)).toBe(older);
});

test("a picture picked on the sheet is the one that details and strip show", () => {
  const batch = ["a", "b"].map((id, minutes) => ({
    ...generationOf(orderOf(0), 5 - minutes, { state: "done" }),
    id,
  }));
  mergeGenerations(batch);
  markPress(["a", "b"]);
  expect(sessionNow()).toMatchObject({ looked: { id: "b" }, isSheet: true });
  pick(["a"]);
  expect(sessionNow()).toMatchObject({ looked: { id: "a" }, isSheet: true });
  togglePicked("b");
  expect(useSelection.getState().picked).toEqual(["a", "b"]);
  expect(sessionNow().looked?.id).toBe("b");
  togglePicked("b");
  expect(sessionNow().looked?.id).toBe("a");
  togglePicked("a");
  expect(useSelection.getState().picked).toEqual([]);
  expect(sessionNow().looked?.id).toBe("a");
});

test("those of one press stay together: of one request, or of several", () => {
  const at = (id: string, minutes: number) => ({ ...generationOf(orderOf(0), minutes, {}), id });
  const [a, b, other, x, y] = [at("a", 1), at("b", 1), at("c", 2), at("x", 3), at("y", 4)];
  const all = [b, a, other, y, x];
  expect(pressOf(all, b)).toEqual([a, b]);
  expect(pressOf(all, other)).toEqual([other]);
  expect(pressOf(all, x)).toEqual([x]);
  markPress(["x", "y"]);
  expect(pressOf(all, y)).toEqual([x, y]);
});

test("the strip stays the same when a picture ends, and the stage has what it became", () => {
  const older = generationOf(orderOf(4), 9, { state: "done" });
  mergeGenerations([older, running]);
  const before = sessionNow();
  expect(sessionNow()).toBe(before);
  expect(before.looked).toBe(running);
  const ended: Generation = { ...running, state: "done", imageId: "drawn" };
  mergeGenerations([ended]);
  expect(sessionNow().looked).toBe(ended);
  expect(sessionNow().ids).toBe(before.ids);
  const { press } = sessionNow();
  forgetGenerations([older.id]);
  expect(sessionNow().ids).toEqual([ended.id]);
  expect(sessionNow().press).toBe(press);
});

test("what is left of a press: its open ones in drawing order, also if it made several requests", () => {
  const at = (id: string, minutes: number, state: Generation["state"]) => ({
    ...generationOf(orderOf(0), minutes, { state }),
    id,
  });
  const ended = at("ended", 5, "done");
  const [first, second] = [at("first", 5, "running"), at("second", 5, "waiting")];
  const [later, latest] = [at("later", 6, "waiting"), at("latest", 7, "waiting")];
  const queue = queueOf([ended, first, second, later, latest]);
  expect(openOfPress(queue, first)).toEqual(["first", "second"]);
  expect(openOfPress(queue, ended)).toEqual(["first", "second"]);
  expect(openOfPress(queue, later)).toEqual(["later"]);
  expect(openOfPress(queue, undefined)).toEqual([]);
  markPress(["later", "latest"]);
  expect(openOfPress(queue, latest)).toEqual(["later", "latest"]);
});
