import { cpus } from "node:os";
import type { DeviceReport } from "../contract/devices.ts";
import { EXACT, SATURATING } from "../graph/lowerings/int8-lowering.ts";
import { addsBytesExactly } from "./byte-product.ts";
import type { InferenceClient } from "./inference-client.ts";

/** What only a CPU's report contains; a test that fails says nothing about int8, and nothing against the CPU. */
export async function describeProcessor(
  inference: Pick<InferenceClient, "request">,
): Promise<Pick<DeviceReport, "name" | "int8Bits">> {
  const isExact = await addsBytesExactly(inference).catch(() => undefined);
  const name = cpus()[0]?.model.trim();
  return {
    // Linux on arm64 has no name for most processors.
    ...(name !== undefined && name !== "" && name !== "unknown" && { name }),
    ...(isExact !== undefined && { int8Bits: (isExact ? EXACT : SATURATING).bits }),
  };
}
