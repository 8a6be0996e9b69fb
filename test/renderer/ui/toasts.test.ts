import { expect, test } from "vitest";
import {
  showToast,
  showUndo,
  toastQueue,
  undoLast,
  wasDoneAfter,
} from "../../../renderer/ui/toasts.ts";

test("the last step is taken back first, each once, and its message goes with it", () => {
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
  expect(undone).toEqual(["two", "one"]);
  expect(wasDoneAfter(before)).toBe(false);
});

test("what its button took back is not taken back again", () => {
  const undone: string[] = [];
  showUndo("three moved to trash", { label: "Undo", run: () => undone.push("three") });
  const toast = toastQueue.visibleToasts.find(({ content }) => content.text.startsWith("three"));
  toast?.content.action?.run();
  undoLast();
  expect(undone).toEqual(["three"]);
});
