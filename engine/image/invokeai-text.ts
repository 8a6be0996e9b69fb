import type { ForeignRecord } from "../contract/image-record.ts";
import { isObject, parseObject, seedOf } from "./foreign-json.ts";
import { invokeaiScheduler } from "./foreign-samplers.ts";
import { keepValid } from "./keep-valid.ts";

/** What InvokeAI writes under `invokeai_metadata` (invokeai/app/invocations/metadata.py there). */
export function parseInvokeai(text: string): ForeignRecord | undefined {
  const json = parseObject(text);
  if (json === undefined) return undefined;
  const model = isObject(json["model"]) ? json["model"] : {};
  return keepValid({
    prompt: json["positive_prompt"],
    negativePrompt: json["negative_prompt"] ?? undefined,
    steps: json["steps"],
    guidanceScale: json["cfg_scale"],
    seed: seedOf(json["seed"]),
    width: json["width"],
    height: json["height"],
    scheduler: invokeaiScheduler(json["scheduler"]),
    // Version 3 called it model_name.
    model: model["name"] ?? model["model_name"],
    modelFingerprint: model["hash"] ?? undefined,
    strength: json["init_image"] === undefined ? undefined : json["strength"],
    software: "InvokeAI",
    version: json["app_version"],
  });
}
