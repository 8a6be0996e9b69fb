import { readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { addsBytesExactly } from "../../../engine/runtime/byte-product.ts";
import { Supervisor } from "../../../engine/runtime/supervisor.ts";

const isLinux = process.platform === "linux" && process.arch === "x64";
const flags = isLinux ? readFileSync("/proc/cpuinfo", "utf8") : "";

/** Not with dot products of bytes, which are exact, and not without AVX2, which has different code. */
const saturates = /\bavx2\b/.test(flags) && !/\b(avx512_vnni|avx_vnni|avx_vnni_int8)\b/.test(flags);

test.runIf(isLinux)("detects exactly the processors without dot products of bytes", async () => {
  const supervisor = new Supervisor();
  onTestFinished(() => supervisor.close());
  expect(await addsBytesExactly(supervisor)).toBe(!saturates);
});
