import { expect, test } from "vitest";
import { describeCopy } from "../../../engine/cli/draw-here.ts";

test("a copy for the CPU is announced with its size and its folder", () => {
  const copy = { folder: "/home/ada/.cache/darkroom/weights", sizeBytes: 1.13e9 };
  expect(describeCopy("UNet", copy)).toBe(
    "The UNet is copied for the CPU: 1.1 GB in /home/ada/.cache/darkroom/weights. You may delete the copy at any time.",
  );
});
