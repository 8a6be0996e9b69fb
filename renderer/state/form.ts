import { create } from "zustand";
import { type InitImage, LOCAL_TARGET } from "../../engine/contract/generation.ts";
import type { ForeignRecord } from "../../engine/contract/image-record.ts";
import type { GuidanceInterval } from "../../engine/contract/presets.ts";
import { MAX_PROMPT, MAX_SIDE } from "../../engine/contract/request.ts";
import type { SchedulerName } from "../../engine/contract/schedulers.ts";

export const MIN_SIDE = 64;

/** The Generate form. Absent numbers are the model's own choice. */
export interface FormState {
  /** False until it was read back from the studio. */
  readonly isLoaded: boolean;
  /** Where to draw: this device, or an endpoint by its id. */
  readonly target: string;
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly steps?: number | undefined;
  readonly guidanceScale?: number | undefined;
  readonly scheduler?: SchedulerName | undefined;
  /** Absent: the device's own. */
  readonly precision?: "int8" | undefined;
  /** Absent: guidance works in every step. */
  readonly guidanceInterval?: GuidanceInterval | undefined;
  /** Absent: the whole UNet runs in every step. */
  readonly cacheInterval?: number | undefined;
  /** Digits; empty means a new one for every press. */
  readonly seed: string;
  /** Whether a preset was chosen by hand: then none is chosen for the person. */
  readonly isPresetChosen: boolean;
  readonly count: number;
  readonly strength: number;
  readonly initImage?: InitImage | undefined;
}

export type FormFields = Partial<Omit<FormState, "isLoaded">>;

const EMPTY: FormState = {
  isLoaded: false,
  target: LOCAL_TARGET,
  prompt: "",
  negativePrompt: "",
  seed: "",
  isPresetChosen: false,
  count: 1,
  strength: 0.8,
};

export const useForm = create<FormState>()(() => EMPTY);

export function changeForm(fields: FormFields): void {
  useForm.setState(fields);
}

/** The fields that a picture's record can bring back. */
export const RECALLED = [
  "prompt",
  "negativePrompt",
  "width",
  "height",
  "steps",
  "guidanceScale",
  "scheduler",
  "precision",
  "guidanceInterval",
  "cacheInterval",
  "seed",
] as const;
export type Recalled = (typeof RECALLED)[number];

/** What is known of a picture, by whichever way. */
type Recallable = { readonly [Name in keyof ForeignRecord]?: ForeignRecord[Name] | undefined };

/**
 * Takes over what a picture says of how it was made; what it does not say stays. What other studios
 * allow and this one does not is brought within our limits. A whole record that names no scheduler was
 * drawn with the model's own, one without an interval was guided throughout, and one
 * without a cache ran the whole UNet in every step.
 */
export function recallRecord(record: Recallable, names: readonly Recalled[] = RECALLED): void {
  const given = Object.entries(record).filter(
    ([name, value]) => value !== undefined && names.some((known) => known === name),
  );
  const { seed, ...fields }: FormFields = Object.fromEntries(given.map(asked));
  const isWhole = record.prompt !== undefined && record.steps !== undefined;
  useForm.setState({
    ...fields,
    ...(fields.prompt !== undefined && { prompt: fields.prompt.slice(0, MAX_PROMPT) }),
    ...(fields.width !== undefined && { width: snapSide(fields.width, 8) }),
    ...(fields.height !== undefined && { height: snapSide(fields.height, 8) }),
    ...(fields.guidanceScale !== undefined && {
      guidanceScale: Math.min(100, Math.max(0, fields.guidanceScale)),
    }),
    ...(seed !== undefined && { seed }),
    ...(fields.steps !== undefined && { isPresetChosen: true }),
    ...(isWhole && unsaid(fields, names)),
  });
}

/** What a whole record does not say is the model's own: they are the fields that it may leave out. */
function unsaid(fields: FormFields, names: readonly Recalled[]): FormFields {
  return {
    ...(names.includes("scheduler") && { scheduler: fields.scheduler }),
    ...(names.includes("guidanceInterval") && { guidanceInterval: fields.guidanceInterval }),
    ...(names.includes("cacheInterval") && { cacheInterval: fields.cacheInterval }),
  };
}

/** Of precisions int8 alone can be asked for: the others are a device's own. */
function asked([name, value]: [string, unknown]): [string, unknown] {
  return name === "precision" && value !== "int8" ? [name, undefined] : [name, value];
}

/** The nearest side that can be drawn: a multiple within the limits. */
export function snapSide(side: number, multiple: number): number {
  const snapped = multiple * Math.round(side / multiple);
  return Math.min(MAX_SIDE, Math.max(MIN_SIDE, snapped));
}
