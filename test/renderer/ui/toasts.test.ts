import { expect, test } from "vitest";
import {
  doUndoable,
  showToast,
  showUndo,
  toastQueue,
  undoLast,
  wasDoneAfter,
} from "../../../renderer/ui/toasts.ts";

test("the last step is undone first, each once, and its message disappears", async () => {
  const undone: string[] = [];
  const before = performance.now() - 1;
  const step = (name: string) =>
    showUndo(`${name} moved to trash`, { label: "Undo", run: () => undone.push(name) });
  step("one");
  step("two");
  showToast("Copied");
  expect(wasDoneAfter(before)).toBe(true);
  expect(wasDoneAfter(performance.now() + 1)).toBe(false);
  undoLast();
  const left = toastQueue.visibleToasts.map(({ content }) => content.text);
  expect(left).not.toContain("two moved to trash");
  expect(left).toContain("one moved to trash");
  undoLast();
  undoLast();
  await expect.poll(() => undone).toEqual(["two", "one"]);
  expect(wasDoneAfter(before)).toBe(false);
});

test("what its button undid is not undone again", async () => {
  const undone: string[] = [];
  showUndo("three moved to trash", { label: "Undo", run: () => undone.push("three") });
  const toast = toastQueue.visibleToasts.find(({ content }) => content.text.startsWith("three"));
  toast?.content.actions?.at(-1)?.run();
  undoLast();
  await expect.poll(() => undone).toEqual(["three"]);
});

/** A value that changes only when the test says so. */
function slowRating() {
  let rating = 0;
  const held: (() => void)[] = [];
  const wait = () => new Promise<void>((resolve) => held.push(resolve));
  const rate = (value: number) =>
    doUndoable("Undo", async () => {
      const before = rating;
      await wait();
      rating = value;
      return { text: `Rated ${value}`, undo: () => (rating = before) };
    });
  return { rate, value: () => rating, held, goOn: () => held.shift()?.() };
}

test("a step that is still running is the one that is undone", async () => {
  const undone: string[] = [];
  showUndo("an older step", { label: "Undo", run: () => undone.push("older") });
  const { rate, value, held, goOn } = slowRating();
  rate(4);
  undoLast();
  await expect.poll(() => held.length).toBe(1);
  goOn();
  await expect.poll(value).toBe(0);
  expect(undone).toEqual([]);
  expect(toastQueue.visibleToasts.map(({ content }) => content.text)).not.toContain("Rated 4");
  undoLast();
  await expect.poll(() => undone).toEqual(["older"]);
});

test("each step starts from the result of the previous one, and undoing both restores the beginning", async () => {
  const { rate, value, held, goOn } = slowRating();
  rate(3);
  rate(5);
  undoLast();
  for (const expected of [3, 3]) {
    await expect.poll(() => held.length).toBe(1);
    goOn();
    await expect.poll(value).toBe(expected);
  }
  undoLast();
  await expect.poll(value).toBe(0);
});

test("a failed step is reported, and cannot be undone", async () => {
  const undone: string[] = [];
  showUndo("the step before", { label: "Undo", run: () => undone.push("before") });
  doUndoable("Undo", () => Promise.reject(new Error("the disk is full")));
  await expect
    .poll(() => toastQueue.visibleToasts.map(({ content }) => content.text))
    .toContain("the disk is full");
  undoLast();
  await expect.poll(() => undone).toEqual(["before"]);
});
