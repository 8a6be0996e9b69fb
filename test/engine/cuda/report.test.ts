import { expect, test } from "vitest";

import { formatCudaReport, isCudaReady, type CudaReport } from "../../../engine/cuda/report.ts";

const report: CudaReport = {
  installed: "placed",
  version: "1.30.0",
  folder: "/app/x64",
  libraries: ["libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so"],
  trust: "stated by the publisher",
  missing: [],
  probe: { ok: true, name: "NVIDIA L40" },
};

test("ends in plain words when CUDA works", () => {
  expect(isCudaReady(report)).toBe(true);
  expect(formatCudaReport(report).split("\n")).toEqual([
    "The CUDA libraries of ONNX Runtime 1.30.0 are in place: " +
      "libonnxruntime_providers_shared.so, libonnxruntime_providers_cuda.so",
    "  in /app/x64",
    "  SHA-512 stated by the publisher",
    "MatMul on the device: right, on NVIDIA L40",
    "CUDA is ready.",
  ]);
});

test("says what is missing, what to do, and why the MatMul failed", () => {
  const lacking: CudaReport = {
    ...report,
    installed: "already there",
    missing: [{ what: "cuDNN 9 (libcudnn.so.9)", advice: "Install it." }],
    probe: { ok: false, reason: "libcublasLt.so.13: cannot open shared object file" },
  };
  expect(isCudaReady(lacking)).toBe(false);
  expect(formatCudaReport(lacking).split("\n")).toEqual([
    "The CUDA libraries of ONNX Runtime 1.30.0 were already there: " +
      "libonnxruntime_providers_shared.so, libonnxruntime_providers_cuda.so",
    "  in /app/x64",
    "  SHA-512 stated by the publisher",
    "Missing: cuDNN 9 (libcudnn.so.9)",
    "  Install it.",
    "MatMul on the device: libcublasLt.so.13: cannot open shared object file",
    "CUDA is not ready yet; run `npm run cuda` again after the steps above.",
  ]);
});

test("is not ready without cuDNN although the MatMul ran", () => {
  const lacking = { ...report, missing: [{ what: "cuDNN 9", advice: "Install it." }] };
  expect(isCudaReady(lacking)).toBe(false);
});
