import { type Json, parseObject } from "./foreign-json.ts";

/** Keyword under which PNGs carry XMP. */
export const XMP = "XML:com.adobe.xmp";

/** Where Easy Diffusion names its model. */
const MODEL = "use_stable_diffusion_model";

/** What Midjourney writes behind the prompt. */
const JOB_ID = /\bJob ID: [\da-f]{8}-[\da-f-]{27}/;

/** The keywords by which studios are known whose settings are not read. */
export const UNREAD_KEYS = [
  "Software",
  "Source",
  "Description",
  "generation_data",
  "num_inference_steps",
  MODEL,
  "Nmkdiffusion",
] as const;

type Told = (keyword: string) => string;

/** Studios whose settings are not read, each with what its pictures hold and no other's. */
const STUDIOS: readonly (readonly [
  name: string,
  wrote: (told: Told, parameters: Json) => boolean,
])[] = [
  ["SwarmUI", (_, parameters) => "sui_image_params" in parameters],
  ["RuinedFooocus", (_, { software }) => software === "RuinedFooocus"],
  [
    "NovelAI",
    (told, { Software }) =>
      /^NovelAI\b/m.test(`${told("Software")}\n${told("Source")}\n${String(Software)}`),
  ],
  [
    "Easy Diffusion",
    (told, parameters) =>
      told("num_inference_steps") !== "" || MODEL in parameters || told(MODEL) !== "",
  ],
  ["Midjourney", (told) => JOB_ID.test(told("Description")) || JOB_ID.test(told(XMP))],
  ["Tensor.Art", (told) => told("generation_data") !== ""],
  ["NMKD Stable Diffusion GUI", (told) => told("Nmkdiffusion") !== ""],
  ["Adobe Firefly", (told) => /\bAdobe[ _]Firefly\b/.test(told("Software") + told(XMP))],
  ["Google AI", (told) => told(XMP).includes("Made with Google AI")],
];

/** The studio that a picture's texts are of, where it is one whose settings are not read. */
export function unreadStudio(texts: ReadonlyMap<string, string>): string | undefined {
  // PNG's text and EXIF's user comment both stand under this keyword.
  const parameters = parseObject(texts.get("parameters") ?? "") ?? {};
  const told: Told = (keyword) => texts.get(keyword) ?? "";
  return STUDIOS.find(([, wrote]) => wrote(told, parameters))?.[0];
}
