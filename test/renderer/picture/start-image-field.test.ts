import { expect, test } from "vitest";
import { hasOtherShape } from "../../../renderer/picture/start-image-field.tsx";

test("a start image is fitted only to a picture of another aspect ratio", () => {
  const start = { width: 256, height: 128 };
  expect(hasOtherShape(start, { width: 256, height: 128 })).toBe(false);
  expect(hasOtherShape(start, { width: 512, height: 256 })).toBe(false);
  expect(hasOtherShape(start, { width: 128, height: 128 })).toBe(true);
  expect(hasOtherShape(start, {})).toBe(true);
});
