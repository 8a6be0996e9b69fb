import * as fc from "fast-check";
import { expect, test } from "vitest";
import { missingParts, parseNvidiaSmi } from "../../../engine/cuda/requirements.ts";

const first = (reason: string, smi: string | null) => missingParts(reason, smi)[0]!;

test("reads cards from nvidia-smi, including commas, and none from its errors", () => {
  expect(parseNvidiaSmi("NVIDIA L40, 595.91.07, 8.9\nTesla T4, rev 2, 535.183\n")).toEqual([
    { name: "NVIDIA L40", driver: "595.91.07", capability: 8.9 },
    { name: "Tesla T4, rev 2", driver: "535.183" },
  ]);
  expect(parseNvidiaSmi("No devices were found\n")).toEqual([]);
});

test("finds no card in a text that is not nvidia-smi's", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const cards = parseNvidiaSmi(text.replaceAll(",", ""));
      expect(cards).toEqual([]);
    }),
  );
});

test("asks for the driver if there is none", () => {
  const { what, advice } = first("NVIDIA's driver is not installed", null);
  expect(what).toBe("NVIDIA's driver, 580 or newer (NVIDIA's driver is not installed)");
  expect(advice).toContain("https://www.nvidia.com/drivers");
  expect(advice).toContain("--gpus all");
});

test("names a driver that is too old, and the alternatives", () => {
  const { what, advice } = first("too old", "NVIDIA GeForce RTX 3060, 535.183.01, 8.6\n");
  expect(what).toBe("NVIDIA's driver, 580 or newer (found 535.183.01)");
  expect(advice).toContain("WebGPU");
});

test("blames the driver before the card: an old one may not know the card", () => {
  const { what } = first("?", "Tesla P100-PCIE-16GB, 470.82.01\n");
  expect(what).toContain("found 470.82.01");
});

test("names a card that CUDA 13 no longer supports, and what draws on it", () => {
  const { what, advice } = first("no kernel", "NVIDIA GeForce GTX 1080 Ti, 580.95.05, 6.1\n");
  expect(what).toBe(
    "a card that CUDA 13 supports (found NVIDIA GeForce GTX 1080 Ti, compute capability 6.1)",
  );
  expect(advice).toContain("WebGPU");
});

test("passes on the driver's errors", () => {
  const complaint =
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n";
  expect(first("?", complaint).what).toContain("it says: NVIDIA-SMI has failed");
  expect(first("?", "").what).toBe("a card the driver can see");
});

test("keeps the device's own reason if driver and card are right", () => {
  const { what } = first("CUDA failure 2: out of memory", "NVIDIA L40, 595.91.07, 8.9\n");
  expect(what).toBe("a working test calculation on NVIDIA L40 (CUDA failure 2: out of memory)");
});
