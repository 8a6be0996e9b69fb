import type { Endpoint } from "../contract/endpoints.ts";
import type { Order } from "../contract/order.ts";
import { PICTURE_INPUTS, type PictureInput } from "../kserve/server/picture-inputs.ts";

/** What of an endpoint decides which settings it is sent. */
export type Receiver = Pick<Endpoint, "profile" | "check">;

/** The settings of an order that go to an endpoint, by the input that each goes in. */
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

/** Inputs of Darkroom's alone: sent only to an endpoint that declares them. */
const OWN: ReadonlySet<PictureInput> = new Set<PictureInput>([
  PICTURE_INPUTS.precision,
  PICTURE_INPUTS.preset,
  PICTURE_INPUTS.guidanceInterval,
  PICTURE_INPUTS.cacheInterval,
  PICTURE_INPUTS.decoder,
]);

/**
 * The order as far as an endpoint is told of it: all that its metadata declares, or the prompt alone.
 * What is left out is the endpoint's own choice, and stands in no record.
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

/** Whether an endpoint is sent an input: where its metadata declares none, `full` means all that is common. */
function takes({ profile, check }: Receiver, input: PictureInput): boolean {
  if (profile === "prompt") return false;
  const declared = check?.inputs ?? [];
  if (declared.length === 0) return !OWN.has(input);
  return declared.includes(input.name) || isDeclared(declared, input.alias);
}

/** Whether the metadata declares a number of steps: then it declares the rest, too. */
export function hasSettings(declared: readonly string[]): boolean {
  const { name, alias } = PICTURE_INPUTS.steps;
  return declared.includes(name) || isDeclared(declared, alias);
}

function isDeclared(declared: readonly string[], alias: string | undefined): boolean {
  return alias !== undefined && declared.includes(alias);
}
