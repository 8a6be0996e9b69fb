import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import { reasonInWords } from "../../../engine/runtime/provider-words.ts";
import { refusalOf } from "../../../engine/runtime/refusal.ts";

test.each([
  ["Failed to allocate memory for requested buffer of size 268435456", "OUT_OF_MEMORY"],
  ["Non-zero status code returned while running Conv node. std::bad_alloc", "OUT_OF_MEMORY"],
  ["CUDA failure 2: out of memory ; GPU=0", "OUT_OF_MEMORY"],
  ["Deserialize tensor conv_in.weight failed: file is too short", "INFERENCE_FAILED"],
  ["Could not find an implementation for Conv(11)", "INFERENCE_FAILED"],
])("%s is %s", (message, code) => {
  const refusal = refusalOf(message, "running the UNet");
  expect([refusal.code, refusal.details["doing"]]).toEqual([code, "running the UNet"]);
});

const adapter =
  "/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize() adapter_result.status == Success was false. Failed to get a WebGPU adapter: No supported adapters";

test.each([
  [
    "cuda",
    "OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library",
    "its libraries are not installed; `npm run cuda` adds them",
  ],
  ["webgpu", adapter, "no graphics driver with Vulkan, Metal or Direct3D 12 was found"],
  [
    "dml",
    "/src/dml.cc:12 device was false. The GPU device was removed",
    "The GPU device was removed",
  ],
  ["cpu", "it multiplies wrongly", "it multiplies wrongly"],
] as const)("%s saying %s means %s", (provider, said, means) => {
  expect(
    reasonInWords(
      provider,
      new StudioError("INFERENCE_FAILED", { doing: "opening", reason: said }),
    ),
  ).toBe(means);
  expect(reasonInWords(provider, new Error(said))).toBe(means);
});
