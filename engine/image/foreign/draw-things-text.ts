import type { ForeignRecord } from "../../contract/image-record.ts";
import { modelName, parseObject, seedOf, sizeOf } from "./foreign-json.ts";
import { keepValid } from "../known-record.ts";
import { schedulerNamed } from "../sampler-names.ts";

/** Parses the user comment that Draw Things writes (its ImageConverter.swift). */
export function parseDrawThings(text: string): ForeignRecord | undefined {
  const json = parseObject(text);
  if (json === undefined || !("c" in json)) return undefined;
  const sampler = json["sampler"];
  return keepValid({
    prompt: json["c"],
    negativePrompt: json["uc"],
    steps: json["steps"],
    guidanceScale: json["scale"],
    seed: seedOf(json["seed"]),
    ...sizeOf(json["size"]),
    scheduler: typeof sampler === "string" ? schedulerNamed(sampler) : undefined,
    model: modelName(json["model"]),
    software: "DrawThings",
  });
}

/** The user comment in a picture's XMP, where Draw Things puts it in a PNG; undefined if there is none. */
export function userCommentInXmp(xmp: string): string | undefined {
  const start = xmp.indexOf("<exif:UserComment");
  if (start < 0) return undefined;
  const comment = /^[^>]*>([^<]*)(?:<rdf:Alt>\s*<rdf:li[^>]*>([^<]*))?/.exec(xmp.slice(start));
  const content = comment?.[2] ?? comment?.[1];
  return content?.replaceAll(/&(?:(quot|apos|lt|gt|amp)|#(\d{1,7})|#x([\da-f]{1,6}));/gi, decode);
}

const ENTITIES: Readonly<Record<string, string>> = {
  quot: '"',
  apos: "'",
  lt: "<",
  gt: ">",
  amp: "&",
};

function decode(all: string, name?: string, decimal?: string, hex?: string): string {
  if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? all;
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : all;
}
