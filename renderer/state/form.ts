import { create } from "zustand";
import { type InitImage, LOCAL_TARGET } from "../../engine/contract/generation.ts";
import type { ForeignRecord } from "../../engine/contract/image-record.ts";
import type { GuidanceInterval } from "../../engine/contract/presets.ts";
import type { Decoder } from "../../engine/contract/presets.ts";
import { MAX_PROMPT, MAX_SIDE } from "../../engine/contract/request.ts";
import type { ResizeMode } from "../../engine/contract/resize-mode.ts";
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
  /** Saved styles by their names, put around the prompts in this order. */
  readonly styles: readonly string[];
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
  /** Absent: the model's own VAE, or for Fast the tiny one where settings say so. */
  readonly decoder?: Decoder | undefined;
  /** Digits; empty means a new one for every press. */
  readonly seed: string;
  /** Whether a preset was chosen by hand: then none is chosen for the person. */
  readonly isPresetChosen: boolean;
  readonly count: number;
  readonly strength: number;
  /** How the start image comes to the size. */
  readonly resizeMode: ResizeMode;
  readonly initImage?: InitImage | undefined;
}

export type FormFields = Partial<Omit<FormState, "isLoaded">>;

const EMPTY: FormState = {
  isLoaded: false,
  target: LOCAL_TARGET,
  prompt: "",
  negativePrompt: "",
  styles: [],
  seed: "",
  isPresetChosen: false,
  count: 1,
  strength: 0.8,
  resizeMode: "crop",
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
  "decoder",
  "seed",
] as const;
export type Recalled = (typeof RECALLED)[number];

/** What is known of a picture, by whichever way. */
type Recallable = { readonly [Name in keyof ForeignRecord]?: ForeignRecord[Name] | undefined };

/**
 * Takes over what a picture says of how it was made; what it does not say stays. What other studios
 * allow and this one does not is brought within our limits. A record with a prompt that lacks a seed or
 * a negative prompt has none, and what a whole record lacks was the model's own: scheduler, guidance,
 * precision and decoder, no interval and no cache.
 */
export function recallRecord(record: Recallable, names: readonly Recalled[] = RECALLED): void {
  const given = Object.entries(record).filter(
    ([name, value]) => value !== undefined && names.some((known) => known === name),
  );
  if (record.prompt === undefined && record.typedPrompt !== undefined) return recallTyped(record);
  const { seed, ...fields }: FormFields = Object.fromEntries(given.map(asked));
  useForm.setState({
    ...lacking(record, names),
    ...fields,
    ...(fields.prompt !== undefined && { prompt: fields.prompt.slice(0, MAX_PROMPT) }),
    ...(fields.width !== undefined && { width: snapSide(fields.width, 8) }),
    ...(fields.height !== undefined && { height: snapSide(fields.height, 8) }),
    ...(fields.guidanceScale !== undefined && {
      guidanceScale: Math.min(100, Math.max(0, fields.guidanceScale)),
    }),
    ...(seed !== undefined && { seed }),
    ...(fields.steps !== undefined && { isPresetChosen: true }),
  });
}

/** What was typed, and the styles around it, in the place of the whole prompts. */
function recallTyped({ typedPrompt = "", typedNegativePrompt = "", styles }: Recallable): void {
  const prompts = { prompt: typedPrompt, negativePrompt: typedNegativePrompt };
  useForm.setState({ ...prompts, styles: styles ?? [] });
}

/** Without a seed there was a new one, and without a negative prompt none: what the form had is of another picture. */
function lacking(record: Recallable, names: readonly Recalled[]): FormFields {
  if (record.prompt === undefined) return {};
  const isWhole = record.steps !== undefined;
  return {
    // Its prompt is whole: styles would be put around it once more.
    ...(names.includes("prompt") && { styles: [] }),
    ...(names.includes("seed") && { seed: "" }),
    ...(names.includes("negativePrompt") && { negativePrompt: "" }),
    ...(isWhole && ownOf(names)),
    ...(isWhole && names.includes("seed") && beginning(record)),
  };
}

/** A picture without a strength was drawn from noise: no start image, then. One that says no resize mode was stretched. */
function beginning({ strength, resizeMode = "default" }: Recallable): FormFields {
  return strength === undefined ? { initImage: undefined } : { strength, resizeMode };
}

/** What start images are found by. */
interface StartImages {
  readonly generation: {
    readonly getInitImage: (input: { readonly id: string }) => Promise<InitImage>;
  };
}

/** Starts from what a picture started from, and as it did. False where that is no longer kept: then from none. */
export async function recallStart(
  { generation }: StartImages,
  record: Recallable,
): Promise<boolean> {
  const { initImageId: id, strength } = record;
  if (id === undefined || strength === undefined) return true;
  const initImage = await generation.getInitImage({ id }).catch(() => undefined);
  changeForm({ initImage, ...beginning(record) });
  return initImage !== undefined;
}

/** What a whole record may leave out, as the model's own. */
const OMITTED = [
  "scheduler",
  "guidanceScale",
  "precision",
  "guidanceInterval",
  "cacheInterval",
  "decoder",
] as const satisfies readonly Recalled[];

function ownOf(names: readonly Recalled[]): FormFields {
  const omitted = OMITTED.filter((name) => names.includes(name));
  return Object.fromEntries(omitted.map((name) => [name, undefined]));
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
