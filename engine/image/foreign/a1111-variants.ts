import type { ForeignRecord } from "../../contract/image-record.ts";
import { comfyuiScheduler } from "../foreign-samplers.ts";
import { keepValid } from "../known-record.ts";
import { parseParameters, settingsIn } from "../parameters-text.ts";
import { schedulerNamed } from "../sampler-names.ts";
import { modelName, numberOf, parseObject, seedOf, sizeOf } from "./foreign-json.ts";

/**
 * Parses Fooocus' `parameters`: its own JSON, or A1111's text with additional keys (its modules/meta_parser.py).
 * Prompts are the typed ones, without styles.
 */
export function parseFooocus(text: string): ForeignRecord | undefined {
  const json = parseObject(text);
  if (json === undefined) return parseInfotext(text);
  const [, software, version] = /^(Fooocus) (\S+)$/.exec(String(json["version"])) ?? [];
  return keepValid({
    prompt: json["prompt"],
    negativePrompt: json["negative_prompt"],
    steps: numberOf(json["steps"]),
    guidanceScale: numberOf(json["guidance_scale"]),
    seed: seedOf(json["seed"]),
    ...sizeOf(json["resolution"]),
    scheduler: comfyuiScheduler(json["sampler"], json["scheduler"]),
    model: modelName(json["base_model"]),
    modelFingerprint: json["base_model_hash"],
    software,
    version,
  });
}

function parseInfotext(text: string): ForeignRecord | undefined {
  const found = parseParameters(text);
  if (found === undefined) return undefined;
  const settings = settingsIn(text);
  const { scheduler, ...record } = found;
  // The sampler's name only says whether it is Karras; any other schedule is in a key of Fooocus' own.
  const isOurs = ["karras", "normal"].includes(settings.get("scheduler") ?? "");
  return keepValid({
    ...record,
    prompt: settings.get("raw prompt") ?? record.prompt,
    negativePrompt: settings.get("raw negative prompt") ?? record.negativePrompt,
    scheduler: isOurs ? scheduler : undefined,
  });
}

/** Parses StabilityMatrix' `parameters-json`, which it writes beside A1111's text (its GenerationParameters.cs). */
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
