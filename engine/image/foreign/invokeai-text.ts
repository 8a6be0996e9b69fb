import type { ForeignRecord } from "../../contract/image-record.ts";
import { invokeaiScheduler } from "../foreign-samplers.ts";
import { keepValid } from "../known-record.ts";
import { isObject, type Json, numberOf, parseObject, seedOf } from "./foreign-json.ts";

/** Parses `invokeai_metadata` of InvokeAI 3 and later (its invokeai/app/invocations/metadata.py). */
export function parseInvokeai(text: string): ForeignRecord | undefined {
  const json = parseObject(text);
  if (json === undefined) return undefined;
  const model = isObject(json["model"]) ? json["model"] : {};
  return keepValid({
    prompt: json["positive_prompt"],
    negativePrompt: json["negative_prompt"] ?? undefined,
    ...numbersOf(json),
    scheduler: invokeaiScheduler(json["scheduler"]),
    // Version 3 has model_name.
    model: model["name"] ?? model["model_name"],
    modelFingerprint: model["hash"] ?? undefined,
    strength: json["init_image"] === undefined ? undefined : json["strength"],
    software: "InvokeAI",
    version: json["app_version"],
  });
}

/** Parses `sd-metadata` of versions 1.15 to 2.3 (metadata_dumps in its ldm/invoke/args.py). */
export function parseSdMetadata(text: string): ForeignRecord | undefined {
  const json = parseObject(text);
  const image = json?.["image"];
  if (json === undefined || !isObject(image)) return undefined;
  return keepValid({
    ...promptsOf(typedPrompt(image["prompt"])),
    ...numbersOf(image),
    scheduler: schedulerBefore3(image["sampler"]),
    model: json["model_weights"],
    modelFingerprint: json["model_hash"],
    strength:
      image["type"] === "img2img" ? (image["strength"] ?? image["strength_steps"]) : undefined,
    software: "InvokeAI",
    version: json["app_version"],
  });
}

/** The settings that have the same names in every version. */
function numbersOf({ steps, cfg_scale: guidanceScale, seed, width, height }: Json): Json {
  return { steps, guidanceScale, seed: seedOf(seed), width, height };
}

/** Several prompts each have a weight; a single one can be a plain text. */
function typedPrompt(prompt: unknown): unknown {
  if (!Array.isArray(prompt)) return prompt;
  const texts = prompt.map((part: unknown) => (isObject(part) ? part["prompt"] : part));
  return texts.length === 1
    ? texts[0]
    : texts.filter((text) => typeof text === "string").join(", ");
}

/** A flag and its value, as in `-s 50` and `-W512`; anything else is ignored. */
const FLAG = /(?:^|\s)-([A-Za-z])\s*("[^"]*"|[^\s-]\S*)/g;

/**
 * Parses `Dream` of versions 1 and 2: the prompt in quotes, then the flags of its command line, starting with the
 * steps.
 */
export function parseDream(text: string): ForeignRecord | undefined {
  // Steps come first; the start image is in quotes as well.
  const end = text.lastIndexOf('" -s');
  if (!text.startsWith('"') || end < 1) return undefined;
  const flags = new Map(
    Array.from(text.slice(end + 1).matchAll(FLAG), ([, flag = "", value]) => [flag, value]),
  );
  return keepValid({
    ...promptsOf(text.slice(1, end)),
    steps: numberOf(flags.get("s")),
    guidanceScale: numberOf(flags.get("C")),
    seed: seedOf(flags.get("S")),
    width: numberOf(flags.get("W")),
    height: numberOf(flags.get("H")),
    scheduler: schedulerBefore3(flags.get("A")),
    strength: flags.has("I") ? numberOf(flags.get("f")) : undefined,
    software: "InvokeAI",
  });
}

/** Before version 3 the negative prompt was part of the prompt, in brackets. */
function promptsOf(typed: unknown): Json {
  if (typeof typed !== "string") return {};
  const negatives = Array.from(typed.matchAll(/\[([^\][]*)\]/g), ([, words = ""]) => words.trim());
  return {
    prompt: typed
      .replaceAll(/\[[^\][]*\]/g, " ")
      .replaceAll(/ {2,}/g, " ")
      .trim(),
    negativePrompt: negatives.join(" "),
  };
}

/** k-diffusion's samplers had the prefix `k_`; two of version 3's names meant other samplers before. */
function schedulerBefore3(name: unknown): ReturnType<typeof invokeaiScheduler> {
  if (typeof name !== "string") return undefined;
  const renamed: Readonly<Record<string, string>> = {
    plms: "pndm",
    k_dpm_2: "kdpm_2",
    k_dpm_2_a: "kdpm_2_a",
    k_dpmpp_2: "dpmpp_2m",
  };
  return invokeaiScheduler(renamed[name] ?? name.replace(/^k_/, ""));
}
