import { expect, test } from "vitest";
import { formatCudaReport, type CudaReport } from "../../../engine/cuda/report.ts";

const report: CudaReport = {
  installed: "placed",
  version: "1.30.0",
  folder: "/data/cuda",
  missing: [],
  probe: { ok: true },
};

test("ends with a plain sentence when CUDA works", () => {
  expect(formatCudaReport(report).split("\n")).toEqual([
    "ONNX Runtime 1.30.0's CUDA provider and NVIDIA's libraries were installed in /data/cuda.",
    "Test calculation on the device: correct.",
    "CUDA is ready.",
  ]);
});

test("says what is missing, what to do, and why the test failed", () => {
  const lacking: CudaReport = {
    ...report,
    installed: "already there",
    missing: [{ what: "NVIDIA's driver, 580 or newer", advice: "Install it." }],
    probe: { ok: false, reason: "NVIDIA's driver is not installed" },
  };
  expect(formatCudaReport(lacking).split("\n")).toEqual([
    "ONNX Runtime 1.30.0's CUDA provider and NVIDIA's libraries were already installed in /data/cuda.",
    "Missing: NVIDIA's driver, 580 or newer",
    "  Install it.",
    "Test calculation on the device: NVIDIA's driver is not installed.",
    "CUDA is not ready yet. Run `npm run cuda` again after the steps above.",
  ]);
});
