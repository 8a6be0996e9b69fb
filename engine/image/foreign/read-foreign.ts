import type { Recall } from "../../contract/generation.ts";
import type { ForeignRecord } from "../../contract/image-record.ts";
import { readOwnRecord } from "../generation-text.ts";
import { parseParameters } from "../parameters-text.ts";
import { parseFooocus, parseStabilityMatrix } from "./a1111-variants.ts";
import { parseComfyui } from "./comfyui-text.ts";
import { parseDrawThings, userCommentInXmp } from "./draw-things-text.ts";
import { parseDream, parseInvokeai, parseSdMetadata } from "./invokeai-text.ts";
import { UNREAD_KEYS, unreadStudio, XMP } from "./unread-studios.ts";

/** The keywords of texts in which programs say how a picture was made. */
export const FOREIGN_KEYS: readonly string[] = [
  "darkroom",
  "parameters",
  "fooocus_scheme",
  "invokeai_metadata",
  "sd-metadata",
  "Dream",
  "parameters-json",
  "smproj",
  "prompt",
  XMP,
  ...UNREAD_KEYS,
];

type Texts = ReadonlyMap<string, string>;
type Writer = Recall["writer"];

/** The parsers by program, most specific first: several programs write A1111's text beside their own. */
const READERS: readonly (readonly [Writer, (texts: Texts) => ForeignRecord | undefined])[] = [
  ["darkroom", readOwnRecord],
  ["draw-things", (texts) => read(texts, "parameters", parseDrawThings)],
  ["fooocus", (texts) => (isFooocus(texts) ? read(texts, "parameters", parseFooocus) : undefined)],
  ["stability-matrix", (texts) => read(texts, "parameters-json", parseStabilityMatrix)],
  ["stability-matrix", (texts) => (texts.has("smproj") ? readParameters(texts) : undefined)],
  ["a1111", readParameters],
  ["invokeai", (texts) => read(texts, "invokeai_metadata", parseInvokeai)],
  ["invokeai", (texts) => read(texts, "sd-metadata", parseSdMetadata)],
  ["invokeai", (texts) => read(texts, "Dream", parseDream)],
  ["comfyui", (texts) => read(texts, "prompt", parseComfyui)],
  ["draw-things", (texts) => read(texts, XMP, (xmp) => parseComment(xmp))],
];

/** How a picture was made and by which program, according to its texts; undefined if none of them says so. */
export function readForeignTexts(texts: Texts): Recall | undefined {
  for (const [writer, reader] of READERS) {
    const record = reader(texts);
    if (record === undefined) continue;
    // A picture that an endpoint drew of an empty prompt is still ours.
    if (writer === "darkroom" || isTelling(record)) return { record, writer };
  }
  return undefined;
}

/** The metadata of a JPEG or WebP. */
export interface ForeignComment {
  /** The user comment in its EXIF. */
  readonly comment?: string | undefined;
  /** ComfyUI's graph. */
  readonly graph?: string | undefined;
  /** The program that saved it. */
  readonly software?: string | undefined;
  readonly xmp?: string | undefined;
}

/** The same by the keywords that PNGs have. */
export function textsOfComment({ comment, graph, software, xmp }: ForeignComment): Texts {
  const texts = Object.entries({
    parameters: comment,
    prompt: graph,
    Software: software,
    [XMP]: xmp,
  });
  return new Map(texts.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function read(
  texts: Texts,
  keyword: string,
  parse: (text: string) => ForeignRecord | undefined,
): ForeignRecord | undefined {
  const text = texts.get(keyword);
  return text === undefined ? undefined : parse(text);
}

function readParameters(texts: Texts): ForeignRecord | undefined {
  return read(texts, "parameters", parseParameters);
}

function parseComment(xmp: string): ForeignRecord | undefined {
  const comment = userCommentInXmp(xmp);
  return comment === undefined ? undefined : parseDrawThings(comment);
}

/** Recognises its JSON by its members, and its variant of A1111's text by its scheme or version. */
function isFooocus(texts: Texts): boolean {
  const text = texts.get("parameters") ?? "";
  if (unreadStudio(texts) !== undefined) return false;
  return texts.has("fooocus_scheme") || text.startsWith("{") || /, Version: Fooocus /.test(text);
}

/** Whether it contains anything that the form could use. */
function isTelling({ prompt, seed, steps }: ForeignRecord): boolean {
  return (prompt !== undefined && prompt !== "") || seed !== undefined || steps !== undefined;
}
