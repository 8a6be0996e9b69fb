import { type Json, parseObject } from "./foreign-json.ts";

/** The keyword of XMP in PNGs. */
export const XMP = "XML:com.adobe.xmp";

/** Easy Diffusion's key for the model. */
const MODEL = "use_stable_diffusion_model";

/** Midjourney writes this after the prompt. */
const JOB_ID = /\bJob ID: [\da-f]{8}-[\da-f-]{27}/;

/** Keywords that identify programs whose settings cannot be read. */
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

/** Programs whose settings cannot be read, each with a test that recognises its pictures. */
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

/** The program that made a picture, if its settings cannot be read. */
export function unreadStudio(texts: ReadonlyMap<string, string>): string | undefined {
  // The text of a PNG and the user comment in EXIF both have this keyword.
  const parameters = parseObject(texts.get("parameters") ?? "") ?? {};
  const told: Told = (keyword) => texts.get(keyword) ?? "";
  return STUDIOS.find(([, wrote]) => wrote(told, parameters))?.[0];
}
