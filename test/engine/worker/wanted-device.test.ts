import { expect, test } from "vitest";
import { wantedDevice } from "../../../engine/worker/wanted-device.ts";

test.each([
  ["auto", undefined, "auto"],
  ["auto", "cpu", "cpu"],
  ["auto", "abacus", "auto"],
  ["cuda", "cpu", "cuda"],
] as const)("settings say %s, the environment %s: %s", (device, DARKROOM_DEVICE, wanted) => {
  expect(wantedDevice({ device }, { DARKROOM_DEVICE })).toBe(wanted);
});
