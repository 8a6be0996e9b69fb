import type { Endpoint } from "../contract/endpoints.ts";
import type { Order } from "../contract/order.ts";
import { type Tried, type TriedSetting, usesSetting } from "../contract/setting-trial.ts";
import { PICTURE_INPUTS, type PictureInput } from "../kserve/server/picture-inputs.ts";

/** What decides which settings an endpoint is sent. */
export type Receiver = Pick<Endpoint, "profile" | "check"> & Tried;

/** An order's settings, by the input they are sent in. */
const SETTINGS = {
  steps: PICTURE_INPUTS.steps,
  guidanceScale: PICTURE_INPUTS.guidanceScale,
  seed: PICTURE_INPUTS.seed,
  scheduler: PICTURE_INPUTS.scheduler,
  precision: PICTURE_INPUTS.precision,
  preset: PICTURE_INPUTS.preset,
  guidanceInterval: PICTURE_INPUTS.guidanceInterval,
  cacheInterval: PICTURE_INPUTS.cacheInterval,
  decoder: PICTURE_INPUTS.decoder,
} as const satisfies Partial<Record<keyof Order, PictureInput>>;

/** Darkroom's own inputs: sent only to an endpoint that declares them. */
const OWN: ReadonlySet<PictureInput> = new Set<PictureInput>([
  PICTURE_INPUTS.precision,
  PICTURE_INPUTS.preset,
  PICTURE_INPUTS.guidanceInterval,
  PICTURE_INPUTS.cacheInterval,
  PICTURE_INPUTS.decoder,
]);

/**
 * The part of an order that an endpoint is sent: everything its metadata declares, or only the prompt. The rest is the
 * endpoint's choice, and is not in the record.
 */
export function sentOrder(order: Order, receiver: Receiver): Order {
  const { model, prompt, width, height } = order;
  const isNegativeSent = takes(receiver, PICTURE_INPUTS.negativePrompt);
  const isSizeSent =
    order.isSizeOpen !== true &&
    takes(receiver, PICTURE_INPUTS.width) &&
    takes(receiver, PICTURE_INPUTS.height);
  const settings = Object.entries(SETTINGS).flatMap(([name, input]) => {
    const value = Reflect.get(order, name);
    return value !== undefined && takes(receiver, input) ? [[name, value] as const] : [];
  });
  return {
    model,
    prompt,
    negativePrompt: isNegativeSent ? order.negativePrompt : "",
    width,
    height,
    ...(!isSizeSent && { isSizeOpen: true as const }),
    ...Object.fromEntries(settings),
  };
}

/** The inputs that a trial covers, by setting. */
const TRIED = new Map<PictureInput, TriedSetting>([
  [PICTURE_INPUTS.seed, "seed"],
  [PICTURE_INPUTS.width, "size"],
  [PICTURE_INPUTS.height, "size"],
  [PICTURE_INPUTS.steps, "steps"],
  [PICTURE_INPUTS.guidanceScale, "guidanceScale"],
  [PICTURE_INPUTS.negativePrompt, "negativePrompt"],
  [PICTURE_INPUTS.scheduler, "scheduler"],
]);

/** The settings whose inputs an endpoint takes, as far as is known. */
export function settingsTaken(receiver: Receiver): readonly TriedSetting[] {
  const taken = [...TRIED].filter(([input]) => takes(receiver, input));
  return [...new Set(taken.map(([, setting]) => setting))];
}

/**
 * Whether an endpoint is sent an input: according to its trial, otherwise to its metadata; if that declares none,
 * `full` means all common inputs.
 */
function takes(receiver: Receiver, input: PictureInput): boolean {
  const { profile, check } = receiver;
  if (profile === "prompt") return false;
  const setting = TRIED.get(input);
  const isUsed = setting && usesSetting(receiver, setting);
  if (isUsed !== undefined) return isUsed;
  const declared = check?.inputs ?? [];
  if (declared.length === 0) return !OWN.has(input);
  return declared.includes(input.name) || isDeclared(declared, input.alias);
}

/** Whether the metadata declare a number of steps, and therefore the other settings as well. */
export function hasSettings(declared: readonly string[]): boolean {
  const { name, alias } = PICTURE_INPUTS.steps;
  return declared.includes(name) || isDeclared(declared, alias);
}

function isDeclared(declared: readonly string[], alias: string | undefined): boolean {
  return alias !== undefined && declared.includes(alias);
}
