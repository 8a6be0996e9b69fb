import type { ForeignRecord } from "../contract/image-record.ts";
import { modelName, numberOf, parseObject, seedOf, sizeOf } from "./foreign-json.ts";
import { comfyuiScheduler } from "./foreign-samplers.ts";
import { keepValid } from "./keep-valid.ts";
import { parseParameters, settingsIn } from "./parameters-text.ts";

/**
 * What Fooocus writes under `parameters`: its own JSON, or A1111's text with more keys
 * (modules/meta_parser.py there). The prompts are those that were typed, not what styles made of them.
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
  // The sampler's name tells of Karras only; any other schedule stands in a key of Fooocus' own.
  const isOurs = ["karras", "normal"].includes(settings.get("scheduler") ?? "");
  return keepValid({
    ...record,
    prompt: settings.get("raw prompt") ?? record.prompt,
    negativePrompt: settings.get("raw negative prompt") ?? record.negativePrompt,
    scheduler: isOurs ? scheduler : undefined,
  });
}
