import { create } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { type InitImage, LOCAL_TARGET } from "../../engine/contract/generation.ts";
import type { ForeignRecord } from "../../engine/contract/image-record.ts";
import type { GuidanceInterval } from "../../engine/contract/presets.ts";
import type { Decoder } from "../../engine/contract/presets.ts";
import { MAX_PROMPT, MAX_SIDE } from "../../engine/contract/request.ts";
import type { ResizeMode } from "../../engine/contract/resize-mode.ts";
import type { SchedulerName } from "../../engine/contract/schedulers.ts";

export const MIN_SIDE = 64;

/** The Generate form. Absent numbers mean the model's defaults. */
export interface FormState {
  /** False until it has been loaded from the studio. */
  readonly isLoaded: boolean;
  /** The target: this device, or an endpoint's id. */
  readonly target: string;
  readonly prompt: string;
  readonly negativePrompt: string;
  /** Names of saved styles; they are applied to the prompts in this order. */
  readonly styles: readonly string[];
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly steps?: number | undefined;
  readonly guidanceScale?: number | undefined;
  readonly scheduler?: SchedulerName | undefined;
  /** Absent means the device's default. */
  readonly precision?: "int8" | undefined;
  /** Absent means guidance in every step. */
  readonly guidanceInterval?: GuidanceInterval | undefined;
  /** Absent means that every step runs the whole UNet. */
  readonly cacheInterval?: number | undefined;
  /** Absent means the model's own VAE or, with the preset Fast, the tiny decoder if the settings say so. */
  readonly decoder?: Decoder | undefined;
  /** Digits; empty means a new seed for every press. */
  readonly seed: string;
  /** Whether the user chose the preset; then no preset is chosen automatically. */
  readonly isPresetChosen: boolean;
  readonly count: number;
  readonly strength: number;
  /** How the start image is resized. */
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

/** The form without its texts. */
export type FormSettings = Omit<FormState, "prompt" | "negativePrompt">;

/** For what need not render while a prompt is typed. */
export function useFormSettings(): FormSettings {
  return useForm(
    useShallow(({ prompt: _prompt, negativePrompt: _negative, ...settings }) => settings),
  );
}

export function changeForm(fields: FormFields): void {
  useForm.setState(fields);
}

/** The fields that a picture's record can restore. */
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

/** A picture's settings, from any source. */
type Recallable = { readonly [Name in keyof ForeignRecord]?: ForeignRecord[Name] | undefined };

/** Applies a picture's settings to the form; settings that the record does not name stay. */
export function recallRecord(record: Recallable, names: readonly Recalled[] = RECALLED): void {
  changeForm(recalled(record, names));
}

/**
 * The fields that a picture's settings change, without its start image, which has to be loaded. Values that other studios
 * allow but this one does not are brought within our limits. In a record with a prompt, a missing seed or negative
 * prompt means that there was none. In a whole record, missing scheduler, guidance, precision and decoder mean the
 * model's defaults, and a missing interval or cache means none.
 */
export function recalled(record: Recallable, names: readonly Recalled[] = RECALLED): FormFields {
  const given = Object.entries(record).filter(
    ([name, value]) => value !== undefined && names.some((known) => known === name),
  );
  if (record.prompt === undefined && record.typedPrompt !== undefined) return typedOf(record);
  const { seed, ...fields }: FormFields = Object.fromEntries(given.map(asked));
  return {
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
  };
}

/** The typed prompts and their styles instead of the full prompts. */
function typedOf({ typedPrompt = "", typedNegativePrompt = "", styles }: Recallable): FormFields {
  return { prompt: typedPrompt, negativePrompt: typedNegativePrompt, styles: styles ?? [] };
}

/**
 * A missing seed means a random one, and a missing negative prompt none; the form's present values belong to another
 * picture.
 */
function lacking(record: Recallable, names: readonly Recalled[]): FormFields {
  if (record.prompt === undefined) return {};
  const isWhole = record.steps !== undefined;
  return {
    // The record's prompt is complete: styles would be applied a second time.
    ...(names.includes("prompt") && { styles: [] }),
    ...(names.includes("seed") && { seed: "" }),
    ...(names.includes("negativePrompt") && { negativePrompt: "" }),
    ...(isWhole && ownOf(names)),
    ...(isWhole && names.includes("seed") && beginning(record)),
  };
}

/** A picture without a strength had no start image. One without a resize mode was stretched. */
function beginning({ strength, resizeMode = "default" }: Recallable): FormFields {
  return strength === undefined ? { initImage: undefined } : { strength, resizeMode };
}

/** The calls that find start images. */
interface StartImages {
  readonly generation: {
    readonly getInitImage: (input: { readonly id: string }) => Promise<InitImage>;
  };
}

/**
 * Restores a picture's start image and its settings. Returns false if the image is not kept any more; the form then has
 * none.
 */
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

/** Fields that a whole record may omit, meaning the model's defaults. */
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

/** Of the precisions, only int8 can be requested; the others are a device's default. */
function asked([name, value]: [string, unknown]): [string, unknown] {
  return name === "precision" && value !== "int8" ? [name, undefined] : [name, value];
}

/** The closest valid side: a multiple within the limits. */
export function snapSide(side: number, multiple: number): number {
  const snapped = multiple * Math.round(side / multiple);
  return Math.min(MAX_SIDE, Math.max(MIN_SIDE, snapped));
}
