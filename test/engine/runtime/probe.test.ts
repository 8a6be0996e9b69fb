import { cpus } from "node:os";
import { expect, test, vi } from "vitest";
import type { DeviceReport } from "../../../engine/contract/devices.ts";
import { StudioError } from "../../../engine/contract/errors.ts";
import { probeDevice, probeDevices } from "../../../engine/runtime/probe.ts";
import { reasonInWords } from "../../../engine/runtime/probe-reasons.ts";
import { dyingProgram, hangingProgram } from "../../fakes/inference-programs.ts";
import { inferencePids } from "../../fakes/inference-pids.ts";

const KILL = `process.kill(process.pid, "SIGKILL")`;

test("the CPU multiplies, and its speed, its name and its int8 are reported", async () => {
  const report = await probeDevice("cpu");
  expect(report).toMatchObject({ provider: "cpu", available: true, float16: false });
  expect(report.seconds).toBeGreaterThan(0);
  expect([7, 8]).toContain(report.int8Bits);
  const model = cpus()[0]!.model.trim();
  expect(report.name).toBe(["", "unknown"].includes(model) ? undefined : model);
});

test("a process that dies while it probes a device is started again, only for that device", async () => {
  const { program, starts } = dyingProgram(2, KILL);
  expect(await probeDevice("cpu", { program })).toMatchObject({ available: true });
  expect(starts()).toBe(3);
});

test("a device whose driver ends the process every time is skipped, with the reason", async () => {
  const { program, starts } = dyingProgram(9, "process.exit(7)");
  expect(await probeDevice("webgpu", { program })).toEqual({
    provider: "webgpu",
    available: false,
    float16: false,
    reason: "the process that tried it ended 3 times (exit code 7)",
  });
  expect(starts()).toBe(3);
});

test("a CPU whose process is killed every time draws nevertheless; a card is skipped", async () => {
  const { program } = dyingProgram(99, KILL);
  expect(await probeDevice("cpu", { program })).toEqual({
    provider: "cpu",
    available: true,
    float16: false,
  });
  expect(await probeDevice("cuda", { program })).toMatchObject({ available: false });
});

test("a device that hangs is given up, its process ended, and the next one is probed", async () => {
  const { program, starts } = hangingProgram();
  const reports = await probeDevices({ program, patienceMs: 300 }, "linux-x64");
  const reason = "it did not answer in 0.3 s";
  expect(reports).toEqual([
    { provider: "cuda", available: false, float16: false, reason },
    { provider: "webgpu", available: false, float16: false, reason },
    // It is busy, but draws nevertheless.
    { provider: "cpu", available: true, float16: false },
  ]);
  // On a busy machine one may be stopped before it has started.
  expect(starts()).toBeLessThanOrEqual(3);
  expect(process.platform === "linux" ? inferencePids() : []).toEqual([]);
});

test.runIf(process.platform === "linux")("devices are probed one after another", async () => {
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, inferencePids().length)), 5);
  const reports = await probeDevices();
  clearInterval(watch);
  expect(reports.map(({ provider }) => provider)).toContain("cpu");
  expect(most).toBe(1);
});

test("what is known is not probed again", async () => {
  const known = ["cuda", "webgpu", "cpu"].map((provider) => ({
    provider: provider as "cuda" | "webgpu" | "cpu",
    available: true,
    float16: false,
  }));
  const { program, starts } = hangingProgram();
  expect(await probeDevices({ known, program }, "linux-x64")).toEqual(known);
  expect(starts()).toBe(0);
});

test("a CPU without a rival is reported before it is measured, and is not measured if nobody waits for that", async () => {
  const { program, starts } = hangingProgram();
  const cuda = { provider: "cuda", available: false, float16: false, reason: "none" } as const;
  const webgpu = { ...cuda, provider: "webgpu" } as const;
  const cpu = { provider: "cpu", available: true, float16: false } as const;
  const told: unknown[] = [];
  const probe = (known: readonly DeviceReport[], signal: AbortSignal) => {
    const onCpuAlone = async (reports: readonly DeviceReport[]): Promise<AbortSignal> => {
      told.push(reports);
      return signal;
    };
    return probeDevices({ known, program, onCpuAlone }, "linux-x64");
  };
  expect(await probe([cuda, webgpu], AbortSignal.abort())).toEqual([cuda, webgpu, cpu]);
  expect(starts()).toBe(0);
  const leaving = new AbortController();
  const left = probe([cuda, webgpu], leaving.signal);
  await vi.waitFor(() => expect(starts()).toBe(1), 20_000);
  leaving.abort();
  expect(await left).toEqual([cuda, webgpu, cpu]);
  expect(told).toEqual([
    [cuda, webgpu, cpu],
    [cuda, webgpu, cpu],
  ]);
  // If another device works, the CPU's speed shows whether that device only emulates a graphics card.
  await probeDevices(
    {
      known: [cuda, { ...webgpu, available: true }],
      program,
      patienceMs: 300,
      onCpuAlone: () => expect.unreachable(),
    },
    "linux-x64",
  );
});

test("if the system cannot start a process, no device is blamed", async () => {
  const node = process.execPath;
  process.execPath = "/no/such/node";
  try {
    await expect(probeDevice("cpu")).rejects.toThrow("the system did not start it: ENOENT");
  } finally {
    process.execPath = node;
  }
});

const adapter =
  "/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize() adapter_result.status == Success was false. Failed to get a WebGPU adapter: No supported adapters";

test.each([
  [
    "cuda",
    "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version",
    "NVIDIA's driver is too old; CUDA 13 needs version 580 or newer",
  ],
  ["cuda", "CUDA failure 100: no CUDA-capable device is detected", "no NVIDIA card was found"],
  ["webgpu", adapter, "no graphics driver with Vulkan, Metal or Direct3D 12 was found"],
  [
    "dml",
    "/src/dml.cc:12 device was false. The GPU device was removed",
    "The GPU device was removed",
  ],
  ["cpu", "it multiplies wrongly", "it multiplies wrongly"],
] as const)("%s saying %s means %s", (provider, said, means) => {
  const refusal = new StudioError("INFERENCE_FAILED", { doing: "opening", reason: said });
  expect(reasonInWords(provider, refusal)).toBe(means);
  expect(reasonInWords(provider, new Error(said))).toBe(means);
});

const UNLOADED = "OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library";

test.each([
  ["libonnxruntime_providers_shared.so", "its libraries are not installed"],
  ["libcuda.so.1", "NVIDIA's driver is not installed"],
  ["libz.so.1", "the library libz.so.1 is not installed"],
])("the loader's message about %s is put into words", (library, means) => {
  const lastWords = `Failed to load library x with error: ${library}: cannot open shared object file: No such file`;
  expect(reasonInWords("cuda", new Error(UNLOADED), lastWords)).toBe(means);
});

test("a reason late in a provider's long message is understood", () => {
  const cause = `${"/onnxruntime_src/cuda_call.cc:154 ".repeat(20)} CUDA failure 100: no CUDA-capable device`;
  const refusal = new StudioError("INFERENCE_FAILED", { doing: "opening", reason: "x" }, { cause });
  expect(reasonInWords("cuda", refusal)).toBe("no NVIDIA card was found");
});
