import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { endpointIdSchema } from "./endpoint-id.ts";
import { errorSchema } from "./errors.ts";

/** Settings that an endpoint may ignore, in the order in which they are tried. Stored: only ever grows. */
export const TRIED_SETTINGS = [
  "seed",
  "size",
  "steps",
  "guidanceScale",
  "negativePrompt",
  "scheduler",
] as const;
export type TriedSetting = (typeof TRIED_SETTINGS)[number];

/** What an endpoint does with a setting. Stored: only ever grows. */
export const SETTING_VERDICTS = ["used", "ignored", "refused", "unknown"] as const;
export type SettingVerdict = (typeof SETTING_VERDICTS)[number];

/** What an endpoint does with each setting, as its pictures tell. Settings that were not tried are absent. */
export const verdictsSchema = z.partialRecord(z.enum(TRIED_SETTINGS), z.enum(SETTING_VERDICTS));
export type Verdicts = z.output<typeof verdictsSchema>;

export const settingTrialSchema = z.object({
  at: z.iso.datetime(),
  verdicts: verdictsSchema,
  /** Pictures that were drawn for it, and what they took together. */
  pictures: z.int(),
  seconds: z.number(),
});
export type SettingTrial = z.output<typeof settingTrialSchema>;

/**
 * Two pictures by one seed tell whether the seed and the size are used. Where the seed is, each further
 * setting takes one picture more; where it is not, no picture tells anything of the others.
 */
export const TRIAL_PICTURES = { least: 2, most: 7 } as const;
/** Of each picture, where the endpoint lets it be chosen; in pixels. */
export const TRIAL_SIZE = { width: 192, height: 128 } as const;

/** News of a trial: how far it is, and what is known by now. */
export const trialNewsSchema = z.object({
  /** What the next picture is for; absent in the last news. */
  trying: z.enum(TRIED_SETTINGS).optional(),
  verdicts: verdictsSchema,
  pictures: z.int(),
  seconds: z.number(),
  /** Why it ended early. */
  error: errorSchema.optional(),
});
export type TrialNews = z.output<typeof trialNewsSchema>;

/**
 * Draws a few small pictures at an endpoint to see which settings it uses, and keeps what it learns. It ends
 * early when its caller leaves; what was known by then stays.
 */
export const trySettings = oc
  .input(z.object({ id: endpointIdSchema }))
  .output(eventIterator(trialNewsSchema));

/** What has been tried, or has not. */
export interface Tried {
  readonly trial?: Pick<SettingTrial, "verdicts"> | undefined;
}

/** Whether an endpoint uses a setting; undefined where no trial has told. */
export function usesSetting({ trial }: Tried, setting: TriedSetting): boolean | undefined {
  const verdict = trial?.verdicts[setting];
  return verdict === undefined || verdict === "unknown" ? undefined : verdict === "used";
}

/** The settings of which a trial found one thing. */
export function settingsThat({ trial }: Tried, verdict: SettingVerdict): readonly TriedSetting[] {
  return TRIED_SETTINGS.filter((setting) => trial?.verdicts[setting] === verdict);
}

/** Settings by the names that people read, in a sentence. */
export const SETTING_NAMES: Readonly<Record<TriedSetting, string>> = {
  seed: "seed",
  size: "size",
  steps: "steps",
  guidanceScale: "guidance",
  negativePrompt: "negative prompt",
  scheduler: "sampler",
};

const VERDICT_WORDS: Readonly<Record<SettingVerdict, string>> = {
  used: "uses",
  ignored: "ignores",
  refused: "refuses",
  unknown: "may use or ignore",
};

/** What a trial found, in words: "uses seed, size; ignores sampler". "" where it found nothing. */
export function trialWords(verdicts: Verdicts): string {
  return SETTING_VERDICTS.flatMap((verdict) => {
    const names = settingsThat({ trial: { verdicts } }, verdict).map((one) => SETTING_NAMES[one]);
    return names.length === 0 ? [] : [`${VERDICT_WORDS[verdict]} ${names.join(", ")}`];
  }).join("; ");
}
