import * as fc from "fast-check";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { placeWindow, readWindow, saveWindow } from "../../electron/window-state.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const LEFT = { x: 0, y: 0, width: 1920, height: 1040 };
const RIGHT = { x: 1920, y: 0, width: 2560, height: 1400 };
const saved = { x: 2000, y: 100, width: 1600, height: 1000, isMaximized: false };

test("opens where it was, on the display it was on", () => {
  expect(placeWindow(saved, [LEFT, RIGHT])).toEqual(saved);
});

test("opens in the centre of the first display if its own is gone", () => {
  expect(placeWindow({ ...saved, isMaximized: true }, [LEFT])).toEqual({
    width: 1440,
    height: 900,
    isMaximized: true,
  });
});

test("is as large as fits the first time", () => {
  expect(placeWindow(undefined, [LEFT])).toEqual({ width: 1440, height: 900, isMaximized: false });
  expect(placeWindow(undefined, [{ x: 0, y: 0, width: 1024, height: 700 }])).toEqual({
    width: 1024,
    height: 700,
    isMaximized: false,
  });
});

test("is moved back inside if it extends beyond the display", () => {
  expect(placeWindow({ ...saved, x: 1500, y: 900 }, [LEFT])).toEqual({
    x: 320,
    y: 40,
    width: 1600,
    height: 1000,
    isMaximized: false,
  });
});

test("a title bar that cannot be reached is not a valid position", () => {
  expect(placeWindow({ ...saved, x: 100, y: -300 }, [LEFT])).not.toHaveProperty("x");
  expect(placeWindow({ ...saved, x: 1850, y: 0 }, [LEFT])).not.toHaveProperty("x");
});

test("wherever it was, it opens inside a present display", () => {
  const int = fc.integer({ min: -10_000, max: 10_000 });
  const size = fc.integer({ min: 1, max: 20_000 });
  const place = fc.record({
    x: int,
    y: int,
    width: size,
    height: size,
    isMaximized: fc.boolean(),
  });
  fc.assert(
    fc.property(place, fc.constantFrom([LEFT], [LEFT, RIGHT]), (last, areas) => {
      const { x, y, width, height } = placeWindow(last, areas);
      const isInside = (area: typeof LEFT): boolean =>
        width <= area.width &&
        height <= area.height &&
        (x === undefined || (x >= area.x && x + width <= area.x + area.width)) &&
        (y === undefined || (y >= area.y && y + height <= area.y + area.height));
      expect(areas.some(isInside)).toBe(true);
    }),
  );
});

test("what is saved is read again; a damaged file gives no position", () => {
  const path = join(temporaryFolder(), "window.json");
  expect(readWindow(path)).toBeUndefined();
  saveWindow(path, saved);
  expect(readWindow(path)).toEqual(saved);
  for (const damage of ["", "{", "[]", '{"x":"1"}', '{"x":1e400,"y":0,"width":-1,"height":1}']) {
    writeFileSync(path, damage);
    expect(readWindow(path)).toBeUndefined();
  }
});

test("a missing folder loses only the position", () => {
  const path = join(temporaryFolder(), "gone", "window.json");
  expect(() => saveWindow(path, saved)).not.toThrow();
});
