import { z } from "zod";
import { DEVICE_NAMES } from "./devices.ts";
import { modelIdSchema } from "./models.ts";

const versionSchema = z.string().min(1).max(40);

const longRunSchema = z.int().min(1).max(86_400);

/** Maximum characters of a pattern for file names. */
export const MAX_PATTERN = 200;

/** What a pattern for file names can contain in braces. */
export const NAME_PARTS = [
  "id",
  "date",
  "time",
  "prompt",
  "seed",
  "model",
  "width",
  "height",
] as const;

/** The first `{word}` of a pattern that is not filled in; undefined if there is none. */
export function unknownNamePart(pattern: string): string | undefined {
  const known = new Set(NAME_PARTS.map((name) => `{${name}}`));
  return pattern.match(/\{\w+\}/g)?.find((part) => !known.has(part));
}

/** A person's choices, stored in one file; never secrets. */
export const settingsSchema = z.object({
  theme: z.enum(["system", "dark", "light"]).catch("system"),
  /** Where to draw. */
  device: z.enum(DEVICE_NAMES).catch("auto"),
  /** The model for new requests. */
  model: modelIdSchema.catch("starter"),
  /** Absolute; absent means `gallery` in the data folder. */
  pictureFolder: z.string().max(4096).optional().catch(undefined),
  /** With NAME_PARTS in braces; slashes make folders. */
  fileNamePattern: z.string().min(1).max(MAX_PATTERN).catch("{date}/{prompt}-{seed}"),
  /** How pictures smaller than their box are enlarged. */
  scaling: z.enum(["smooth", "crisp"]).catch("smooth"),
  /** Desktop: whether the studio stays in the tray when its window is closed. */
  keepInTray: z.boolean().catch(false),
  /** Whether the end of a long run is announced: by the desktop, or by a browser that allows it. */
  notify: z.boolean().catch(true),
  /** While the page is in the background, or always. */
  notifyWhen: z.enum(["background", "always"]).catch("background"),
  /** A run that took fewer seconds is not announced. */
  longRunSeconds: longRunSchema.catch(10),
  /** Whether a sound goes with an announcement. */
  notifySound: z.boolean().catch(false),
  /** Where models are downloaded from; absent means HF_ENDPOINT or the public hub. */
  hubEndpoint: z
    .url({ protocol: /^https?$/ })
    .optional()
    .catch(undefined),
  /** The absolute folder of a tiny autoencoder for Stable Diffusion's latents; absent if there is none. */
  tinyDecoder: z.string().max(4096).optional().catch(undefined),
  /** Whether it decodes pictures of the Fast preset, besides previews. */
  tinyForFast: z.boolean().catch(false),
  language: z.enum(["en"]).catch("en"),
  /** Whether the welcome dialog was answered. */
  isIntroduced: z.boolean().catch(false),
  /** The version whose "What's new" was seen; absent if none was. */
  seenVersion: versionSchema.optional().catch(undefined),
});
export type Settings = z.output<typeof settingsSchema>;

export const settingsChangeSchema = z.strictObject({
  theme: z.enum(["system", "dark", "light"]).optional(),
  device: z.enum(DEVICE_NAMES).optional(),
  model: modelIdSchema.optional(),
  pictureFolder: z.string().max(4096).nullable().optional(),
  fileNamePattern: z.string().min(1).max(MAX_PATTERN).optional(),
  scaling: z.enum(["smooth", "crisp"]).optional(),
  keepInTray: z.boolean().optional(),
  notify: z.boolean().optional(),
  notifyWhen: z.enum(["background", "always"]).optional(),
  longRunSeconds: longRunSchema.optional(),
  notifySound: z.boolean().optional(),
  hubEndpoint: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .optional(),
  tinyDecoder: z.string().min(1).max(4096).nullable().optional(),
  tinyForFast: z.boolean().optional(),
  isIntroduced: z.boolean().optional(),
  seenVersion: versionSchema.optional(),
});
/** Null restores the default. */
export type SettingsChange = z.output<typeof settingsChangeSchema>;

/** The state of the Generate form: opaque to the host, validated by the page that reads it. */
export const formSchema = z.record(z.string().max(100), z.json());
export type Form = z.output<typeof formSchema>;
