import { create } from "zustand";
import type { GenerationOrder, InitImage } from "../../engine/contract/generation.ts";
import type { ForeignRecord } from "../../engine/contract/image-record.ts";
import type { SchedulerName } from "../../engine/contract/schedulers.ts";

/** The Generate form. Absent numbers are the model's own choice. */
export interface FormState {
  /** False until it was read back from the studio. */
  readonly isLoaded: boolean;
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly steps?: number | undefined;
  readonly guidanceScale?: number | undefined;
  readonly scheduler?: SchedulerName | undefined;
  /** Digits; empty while it was never set. */
  readonly seed: string;
  /** Whether each press uses this seed instead of a new one. */
  readonly isSeedLocked: boolean;
  readonly count: number;
  readonly strength: number;
  readonly initImage?: InitImage | undefined;
}

export type FormFields = Partial<Omit<FormState, "isLoaded">>;

const EMPTY: FormState = {
  isLoaded: false,
  prompt: "",
  negativePrompt: "",
  seed: "",
  isSeedLocked: false,
  count: 1,
  strength: 0.8,
};

export const useForm = create<FormState>()(() => EMPTY);

export function changeForm(fields: FormFields): void {
  useForm.setState(fields);
}

/** Takes over what a picture says of how it was made; what it does not say stays. */
export function recallRecord(record: ForeignRecord | GenerationOrder): void {
  const { prompt, negativePrompt, steps, guidanceScale, width, height, scheduler, seed } = record;
  const known = { prompt, negativePrompt, steps, guidanceScale, width, height, scheduler };
  const fields = Object.fromEntries(
    Object.entries(known).filter(([, value]) => value !== undefined),
  ) as FormFields;
  useForm.setState(seed === undefined ? fields : { ...fields, seed, isSeedLocked: true });
}
