import type { ForeignRecord } from "../contract/image-record.ts";
import { parseObject, seedOf } from "./foreign-json.ts";
import { keepValid } from "./keep-valid.ts";
import { schedulerNamed } from "./sampler-names.ts";

/** What StabilityMatrix writes under `parameters-json` (GenerationParameters.cs there). */
export function parseStabilityMatrix(text: string): ForeignRecord | undefined {
  const json = parseObject(text);
  if (json === undefined) return undefined;
  const sampler = json["Sampler"];
  return keepValid({
    prompt: json["PositivePrompt"],
    negativePrompt: json["NegativePrompt"] ?? undefined,
    steps: json["Steps"],
    guidanceScale: json["CfgScale"],
    seed: seedOf(json["Seed"]),
    width: json["Width"],
    height: json["Height"],
    scheduler: typeof sampler === "string" ? schedulerNamed(sampler) : undefined,
    model: json["ModelName"],
    modelFingerprint: json["ModelHash"],
    software: "StabilityMatrix",
  });
}
