import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { deviceFor } from "../../engine/runtime/device.ts";
import { probeDevice } from "../../engine/runtime/probe.ts";
import { CPU, load, relativeError, snapshotFolder } from "../golden/reference.ts";

/** Chromium includes a Vulkan driver that computes on the CPU, and a loader for it. */
const CHROMIUM = "/usr/lib/chromium";
const DRIVER = `${CHROMIUM}/vk_swiftshader_icd.json`;
const isThere = existsSync(DRIVER);
if (isThere) Object.assign(process.env, { LD_LIBRARY_PATH: CHROMIUM, VK_ICD_FILENAMES: DRIVER });
else console.log(`WebGPU: skipped, ${DRIVER} is missing (Debian's package chromium brings it)`);

/**
 * ONNX Runtime 1.30's MultiHeadAttention on WebGPU over SwiftShader is off by up to 1.6e-2 in float32 (single operators
 * compared with the CPU provider; all others within 2e-6). This network, with random weights and few channels, turns
 * that into 7e-2. The text encoder, which has no fused attention, shows that the rest is exact.
 */
const BOUNDS = { "text encoder": 1e-5, UNet: 0.1 };

test.skipIf(!isThere)("the portable graph runs on WebGPU with the CPU's results", async () => {
  // SwiftShader computes on the CPU, which other suites may keep busy.
  const report = await probeDevice("webgpu", { patienceMs: 120_000 });
  expect(report).toMatchObject({ provider: "webgpu", available: true, float16: false });
  const inputs = {
    sample: {
      shape: [1, 4, 8, 8],
      data: Float32Array.from({ length: 256 }, (_, i) => Math.sin(i)),
    },
    timestep: { shape: [1], data: Float32Array.of(500) },
    encoder_hidden_states: {
      shape: [1, 77, 64],
      data: Float32Array.from({ length: 77 * 64 }, (_, i) => Math.cos(i)),
    },
  };
  const ids = { shape: [1, 77], data: new Int32Array(77).fill(3) };
  const outputs: Record<keyof typeof BOUNDS, Float32Array>[] = [];
  for (const device of [CPU, deviceFor("webgpu", report)]) {
    using model = await load(snapshotFolder("tiny-sd21-v"), device);
    const { networks } = model.loaded.parts;
    const { last_hidden_state } = await networks.textEncoder(1).run({ input_ids: ids });
    const { out_sample } = await networks.unet({ batch: 1, height: 8, width: 8 }).run(inputs);
    outputs.push({
      "text encoder": last_hidden_state!.data as Float32Array,
      UNet: out_sample!.data as Float32Array,
    });
  }
  const [cpu, webgpu] = outputs;
  for (const [name, bound] of Object.entries(BOUNDS) as [keyof typeof BOUNDS, number][]) {
    expect(relativeError(webgpu![name], cpu![name]), name).toBeLessThan(bound);
  }
});
