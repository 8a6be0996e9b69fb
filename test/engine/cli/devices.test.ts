import { expect, test } from "vitest";
import type { DeviceReport } from "../../../engine/contract/devices.ts";
import { describeDevice } from "../../../engine/cli/devices.ts";

const CPU: DeviceReport = { provider: "cpu", available: true, float16: false };

test.each<[string, Partial<DeviceReport>]>([
  ["cpu     ready, fp32", {}],
  ["cpu     ready, fp32 or int8 (AMD EPYC 9R14)", { name: "AMD EPYC 9R14", int8Bits: 8 }],
  [
    "cpu     ready, fp32 or int8 with weights of 7 bits, because this processor would saturate with 8",
    { int8Bits: 7 },
  ],
  [
    "cuda    ready, fp16, fused operators",
    { provider: "cuda", float16: true, fusedOperators: true },
  ],
  [
    "webgpu  not available: no adapter was found",
    { provider: "webgpu", available: false, reason: "no adapter was found" },
  ],
])("%s", (line, part) => {
  expect(describeDevice({ ...CPU, ...part })).toBe(line);
});
