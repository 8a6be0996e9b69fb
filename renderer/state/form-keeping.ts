import { useEffect } from "react";
import type { Form } from "../../engine/contract/settings.ts";
import {
  cacheIntervalSchema,
  DECODERS,
  guidanceIntervalSchema,
} from "../../engine/contract/presets.ts";
import { RESIZE_MODES } from "../../engine/contract/resize-mode.ts";
import { SCHEDULER_NAMES } from "../../engine/contract/schedulers.ts";
import { ConnectionLost } from "../connection/failure.ts";
import { type Studio, useStudio } from "../connection/studio.tsx";
import { changeForm, type FormFields, type FormState, useForm } from "./form.ts";

/** The form is saved this long after the last change, or when the page is hidden or closed; milliseconds. */
const REST_MS = 600;

/** A saved form that could not be read is asked for again after this time, milliseconds. */
const RETRY_MS = 1000;

/**
 * Loads the saved form, and saves it in the studio whenever it changes on any page, so that it survives restarts.
 * Changes made while it loads are kept. Until it has been read nothing is saved, which would replace it.
 */
export function useKeptForm(): void {
  const studio = useStudio();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const read = (): void => {
      readForm(studio.client).catch(() => {
        if (!isOver) retry = setTimeout(read, RETRY_MS);
      });
    };
    const save = (): void => {
      timer = undefined;
      void write(studio, useForm.getState());
    };
    const stop = useForm.subscribe((form) => {
      if (!form.isLoaded) return;
      clearTimeout(timer);
      timer = setTimeout(save, REST_MS);
    });
    const saveIfHidden = (): void => {
      if (timer === undefined || document.visibilityState !== "hidden") return;
      clearTimeout(timer);
      save();
    };
    document.addEventListener("visibilitychange", saveIfHidden);
    read();
    return () => {
      isOver = true;
      clearTimeout(timer);
      clearTimeout(retry);
      document.removeEventListener("visibilitychange", saveIfHidden);
      stop();
    };
  }, [studio]);
}

/** The calls that read the saved form. */
interface FormSource {
  readonly settings: Pick<Studio["client"]["settings"], "readForm">;
  readonly generation: Pick<Studio["client"]["generation"], "getInitImage">;
}

/**
 * Fills the form with the saved one and its start image, once; what was typed in the meantime stays. Rejects if the
 * studio cannot be reached.
 */
export async function readForm({ settings, generation }: FormSource): Promise<void> {
  if (useForm.getState().isLoaded) return;
  const form = await settings.readForm();
  const id = form["initImageId"];
  const initImage = typeof id === "string" ? await startImage(generation, id) : undefined;
  if (useForm.getState().isLoaded) return;
  // Compared with the empty form, since the user may have typed before this was called.
  const typed = changed(useForm.getInitialState(), useForm.getState());
  useForm.setState({ ...fieldsOf(form), initImage, isLoaded: true });
  if (Object.keys(typed).length > 0) changeForm(typed);
}

/** A start image that no longer exists is dropped. */
function startImage(generation: FormSource["generation"], id: string) {
  return generation.getInitImage({ id }).catch((error: unknown) => {
    if (error instanceof ConnectionLost) throw error;
    return undefined;
  });
}

/** The fields changed before the saved form arrived; they take precedence. */
function changed(empty: FormState, now: FormState): FormFields {
  const was: Readonly<Record<string, unknown>> = { ...empty };
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => was[name] !== value));
}

/** Changes fields and saves the form at once, for use before the page is left. */
export async function keepFields(studio: Studio, fields: FormFields): Promise<void> {
  await readForm(studio.client).catch(() => {});
  changeForm(fields);
  const form = useForm.getState();
  if (form.isLoaded) await write(studio, form);
}

async function write({ client }: Studio, form: FormState): Promise<void> {
  const { isLoaded: _, initImage, ...fields } = form;
  const kept: Form = {};
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined) kept[name] = typeof value === "object" ? [...value] : value;
  if (initImage) kept["initImageId"] = initImage.id;
  // The next change saves everything again.
  await client.settings.writeForm(kept).catch(() => {});
}

/** The valid fields of a saved form, which may come from another version. */
export function fieldsOf(form: Form): FormFields {
  const text = (name: string) => pick(form, name, (value) => typeof value === "string");
  const number = (name: string) => pick(form, name, (value) => isNumber(value) && value > 0);
  return {
    ...pick(form, "target", (value) => typeof value === "string" && /^[\w-]{1,64}$/.test(value)),
    ...text("prompt"),
    ...text("negativePrompt"),
    ...pick(form, "styles", isNames),
    ...pick(form, "seed", (value) => typeof value === "string" && /^\d{0,20}$/.test(value)),
    ...number("width"),
    ...number("height"),
    ...number("steps"),
    ...pick(form, "guidanceScale", (value) => isNumber(value) && value >= 0),
    ...pick(form, "precision", (value) => value === "int8"),
    ...pick(form, "guidanceInterval", (value) => guidanceIntervalSchema.safeParse(value).success),
    ...pick(form, "cacheInterval", (value) => cacheIntervalSchema.safeParse(value).success),
    ...pick(form, "decoder", (value) => DECODERS.some((name) => name === value)),
    ...pick(form, "resizeMode", (value) => RESIZE_MODES.some((name) => name === value)),
    ...number("strength"),
    ...number("count"),
    ...pick(form, "isPresetChosen", (value) => typeof value === "boolean"),
    ...pick(form, "scheduler", (value) => SCHEDULER_NAMES.some((name) => name === value)),
  };
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function pick(form: Form, name: string, isSound: (value: unknown) => boolean): FormFields {
  const value = form[name];
  return isSound(value) ? { [name]: value } : {};
}
