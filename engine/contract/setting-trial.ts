import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { endpointIdSchema } from "./endpoint-id.ts";
import { errorSchema } from "./errors.ts";

/** Settings that an endpoint may ignore, in the order in which they are tested. Stored, so names are only added. */
export const TRIED_SETTINGS = [
  "seed",
  "size",
  "steps",
  "guidanceScale",
  "negativePrompt",
  "scheduler",
] as const;
export type TriedSetting = (typeof TRIED_SETTINGS)[number];

/** What an endpoint does with a setting. Stored, so names are only added. */
export const SETTING_VERDICTS = ["used", "ignored", "refused", "unknown"] as const;
export type SettingVerdict = (typeof SETTING_VERDICTS)[number];

/** What an endpoint does with each setting, judged by its pictures. Settings that were not tested are absent. */
export const verdictsSchema = z.partialRecord(z.enum(TRIED_SETTINGS), z.enum(SETTING_VERDICTS));
export type Verdicts = z.output<typeof verdictsSchema>;

export const settingTrialSchema = z.object({
  at: z.iso.datetime(),
  verdicts: verdictsSchema,
  /** Number of pictures drawn for it, and their total time. */
  pictures: z.int(),
  seconds: z.number(),
});
export type SettingTrial = z.output<typeof settingTrialSchema>;

/**
 * Two pictures with one seed show whether seed and size are used. If the seed is, each further setting takes one more
 * picture; if it is not, pictures show nothing about the others.
 */
export const TRIAL_PICTURES = { least: 2, most: 7 } as const;
/** Size of each picture, if the endpoint lets it be chosen; in pixels. */
export const TRIAL_SIZE = { width: 192, height: 128 } as const;

/** The progress of a trial, and what is known so far. */
export const trialNewsSchema = z.object({
  /** The setting that the next picture tests; absent in the last report. */
  trying: z.enum(TRIED_SETTINGS).optional(),
  verdicts: verdictsSchema,
  pictures: z.int(),
  seconds: z.number(),
  /** Why it ended early. */
  error: errorSchema.optional(),
});
export type TrialNews = z.output<typeof trialNewsSchema>;

/**
 * Draws a few small pictures at an endpoint to find out which settings it uses, and stores the result. It stops when
 * its caller disconnects; what was known by then is kept.
 */
export const trySettings = oc
  .input(z.object({ id: endpointIdSchema }))
  .output(eventIterator(trialNewsSchema));

/** An endpoint with or without a trial. */
export interface Tried {
  readonly trial?: Pick<SettingTrial, "verdicts"> | undefined;
}

/** Whether an endpoint uses a setting; undefined if no trial has shown it. */
export function usesSetting({ trial }: Tried, setting: TriedSetting): boolean | undefined {
  const verdict = trial?.verdicts[setting];
  return verdict === undefined || verdict === "unknown" ? undefined : verdict === "used";
}

/** The settings with a given verdict. */
export function settingsThat({ trial }: Tried, verdict: SettingVerdict): readonly TriedSetting[] {
  return TRIED_SETTINGS.filter((setting) => trial?.verdicts[setting] === verdict);
}

/** The settings' names within a sentence. */
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

/** The result of a trial in words: "uses seed, size; ignores sampler". "" if it found nothing. */
export function trialWords(verdicts: Verdicts): string {
  return SETTING_VERDICTS.flatMap((verdict) => {
    const names = settingsThat({ trial: { verdicts } }, verdict).map((one) => SETTING_NAMES[one]);
    return names.length === 0 ? [] : [`${VERDICT_WORDS[verdict]} ${names.join(", ")}`];
  }).join("; ");
}
