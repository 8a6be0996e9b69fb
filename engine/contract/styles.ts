import { oc } from "@orpc/contract";
import { z } from "zod";
import { StudioError } from "./errors.ts";
import { MAX_PROMPT, type GenerationRequest, requestSchema } from "./request.ts";

/** Maximum number of saved styles: the longest lists that people share have this many. */
export const MAX_STYLES = 10_000;

/** A name given by a person: one line without control characters. */
export const styleNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}+$/u, "it must be one line of text");

const { steps, guidanceScale, width, height, scheduler, precision, preset } = requestSchema.shape;
const { guidanceInterval, cacheInterval, decoder } = requestSchema.shape;

/** The settings of a style besides the prompts; absent ones do not change. */
export const styleSettingsSchema = z.strictObject({
  steps,
  guidanceScale,
  width,
  height,
  scheduler,
  precision,
  preset,
  guidanceInterval,
  cacheInterval,
  decoder,
});
export type StyleSettings = z.output<typeof styleSettingsSchema>;

/**
 * Prompt parts and settings with a name. As in AUTOMATIC1111's styles.csv, `{prompt}` in a text is replaced by the
 * typed one; a text without it is appended after a comma.
 */
export const styleSchema = z.strictObject({
  name: styleNameSchema,
  prompt: z.string().max(MAX_PROMPT),
  negativePrompt: z.string().max(MAX_PROMPT),
  settings: styleSettingsSchema,
});
export type Style = z.output<typeof styleSchema>;

/** The result of an import. */
export const styleImportSchema = z.object({
  /** Names of the new styles. */
  added: z.array(z.string()),
  /** Number of styles that already existed, word for word. */
  known: z.int(),
  /** Number of new styles that were renamed, since their name was taken by another style. */
  renamed: z.int(),
  /** Number of rows that could not be used: without a name, or too long. */
  skipped: z.int(),
});
export type StyleImport = z.output<typeof styleImportSchema>;

const PLACE = "{prompt}";

/** Applies a style's text to a typed one. Refuses a result that would be too long. */
function around(typed: string, text: string): string {
  const places = text.split(PLACE).length - 1;
  const length = text.length + Math.max(1, places) * typed.length;
  if (length > MAX_PROMPT + PLACE.length * places) {
    const reason = `with its styles it has more than ${MAX_PROMPT} characters`;
    throw new StudioError("REQUEST_INVALID", { field: "The prompt", value: "used", reason });
  }
  if (places > 0) return text.replaceAll(PLACE, () => typed);
  return [typed.trim(), text.trim()].filter((part) => part !== "").join(", ");
}

/** A prompt and its negative prompt. */
export interface StyledPrompts {
  readonly prompt: string;
  readonly negativePrompt: string;
}

/** Applies styles to the typed prompts, the first one innermost. */
export function applyStyles(
  { prompt, negativePrompt }: StyledPrompts,
  styles: readonly Pick<Style, "prompt" | "negativePrompt">[],
): StyledPrompts {
  return styles.reduce<StyledPrompts>(
    (typed, style) => ({
      prompt: around(typed.prompt, style.prompt),
      negativePrompt: around(typed.negativePrompt, style.negativePrompt),
    }),
    { prompt, negativePrompt },
  );
}

/** The chosen styles and the typed prompts, stored beside the resulting prompts. */
export interface TypedPrompts {
  readonly styles?: string[] | undefined;
  readonly typedPrompt?: string | undefined;
  readonly typedNegativePrompt?: string | undefined;
}

/** The typed prompts of an order or record. */
export function typedOf({ styles, typedPrompt, typedNegativePrompt }: TypedPrompts): TypedPrompts {
  return {
    ...(styles !== undefined && { styles }),
    ...(typedPrompt !== undefined && { typedPrompt }),
    ...(typedNegativePrompt !== undefined && { typedNegativePrompt }),
  };
}

export interface StyledRequest {
  /** With the complete prompts, and with the styles' settings where it has none. */
  readonly request: GenerationRequest;
  readonly typed: TypedPrompts;
}

/** A request with its styles applied in order; a later style's settings take precedence over an earlier one's. */
export function withStyles(
  { styles: names, ...request }: GenerationRequest,
  styles: readonly Style[],
): StyledRequest {
  if (styles.length === 0) return { request, typed: {} };
  const { prompt: typedPrompt, negativePrompt: typedNegativePrompt = "" } = request;
  const prompts = applyStyles({ prompt: typedPrompt, negativePrompt: typedNegativePrompt }, styles);
  const settings = Object.assign({}, ...styles.map((style) => style.settings));
  return {
    request: { ...settings, ...given(request), ...prompts },
    typed: { styles: names ?? styles.map(({ name }) => name), typedPrompt, typedNegativePrompt },
  };
}

/** A request without undefined fields, which would hide the styles' settings. */
function given(request: GenerationRequest): GenerationRequest {
  const fields = Object.entries(request).filter(([, value]) => value !== undefined);
  return { ...request, ...Object.fromEntries(fields) };
}

/** Maximum size of an imported list of styles, in bytes. */
const MAX_BYTES = 16 << 20;
const nothing = z.void();

export const styleContract = {
  list: oc.output(z.array(styleSchema)),
  /** Stores styles. Each replaces the style of the same name or, if it was renamed, of its former name `replaces`. */
  save: oc
    .input(
      z.object({
        styles: z.array(styleSchema).min(1).max(MAX_STYLES),
        replaces: styleNameSchema.optional(),
      }),
    )
    .output(nothing),
  remove: oc
    .input(z.object({ names: z.array(styleNameSchema).min(1).max(MAX_STYLES) }))
    .output(nothing),
  /** Reads AUTOMATIC1111's styles.csv, or what `export` wrote. Refuses as STYLES_UNREADABLE. */
  import: oc.input(z.object({ file: z.file().max(MAX_BYTES) })).output(styleImportSchema),
  export: oc
    .input(z.object({ format: z.enum(["json", "csv"]) }))
    .output(z.object({ text: z.string() })),
};
