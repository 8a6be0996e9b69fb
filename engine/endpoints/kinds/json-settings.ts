import type { EndpointCheck } from "../../contract/endpoints.ts";
import { StudioError } from "../../contract/errors.ts";
import type { Order } from "../../contract/order.ts";
import type { EndpointReply } from "../../kserve/client/endpoint-reply.ts";
import { refusalOf } from "../../kserve/client/endpoint-refusal.ts";
import { PICTURE_INPUTS } from "../../kserve/server/picture-inputs.ts";
import { type EncodedMessage, text } from "../../kserve/wire/encoded-message.ts";
import { asReply } from "../../kserve/wire/message-fault.ts";
import type { CheckedEndpoint, Checking } from "../check-endpoint.ts";
import { orError, stateOf } from "../look-parts.ts";

/** Members of a JSON body; undefined ones are omitted, and 64-bit integers keep their digits. */
export type JsonMembers = Readonly<
  Record<string, string | number | boolean | bigint | readonly number[] | undefined>
>;

/** A JSON object as text. */
export function jsonObject(members: JsonMembers): string {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  const pairs = given.map(([name, value]) => {
    const json = typeof value === "bigint" ? String(value) : JSON.stringify(value);
    return `${JSON.stringify(name)}:${json}`;
  });
  return `{${pairs.join(",")}}`;
}

/** A body of JSON that is sent whole. */
export function jsonMessage(body: string): EncodedMessage {
  return { headers: { "content-type": "application/json" }, ...text(body) };
}

/** An order's settings besides the prompt, by the names of v2's inputs. */
export function settingsByInput(order: Order): JsonMembers {
  const { negativePrompt, steps, guidanceScale, seed, scheduler, isSizeOpen } = order;
  const { width, height, precision, preset, guidanceInterval, cacheInterval, decoder } = order;
  const isSized = isSizeOpen !== true;
  return {
    [PICTURE_INPUTS.negativePrompt.name]: negativePrompt === "" ? undefined : negativePrompt,
    [PICTURE_INPUTS.steps.name]: steps,
    [PICTURE_INPUTS.guidanceScale.name]: guidanceScale,
    [PICTURE_INPUTS.seed.name]: seed === undefined ? undefined : BigInt(seed),
    [PICTURE_INPUTS.width.name]: isSized ? width : undefined,
    [PICTURE_INPUTS.height.name]: isSized ? height : undefined,
    [PICTURE_INPUTS.scheduler.name]: scheduler,
    [PICTURE_INPUTS.precision.name]: precision,
    [PICTURE_INPUTS.preset.name]: preset,
    [PICTURE_INPUTS.guidanceInterval.name]: guidanceInterval?.join(" "),
    [PICTURE_INPUTS.cacheInterval.name]: cacheInterval,
    [PICTURE_INPUTS.decoder.name]: decoder,
  };
}

/** What an endpoint's list of models says. */
export interface ListedModels {
  readonly models: readonly string[];
  readonly server?: string | undefined;
  /** What it is known to take, by v2's names; empty if only the prompt is known. */
  readonly inputs: readonly string[];
}

/** Looks at an endpoint through its list of models. */
export async function lookAtList(
  { get, model: chosen, otherwise, now }: Checking,
  path: string,
  read: (reply: EndpointReply) => ListedModels,
): Promise<CheckedEndpoint> {
  const at = now().toISOString();
  const from = performance.now();
  const told = await orError(async () => {
    const reply = await get(path);
    const refusal = refusalOf(reply);
    if (refusal !== undefined) throw refusal;
    return asReply(() => read(reply));
  });
  const ms = Math.round(performance.now() - from);
  if (told instanceof StudioError) {
    const state = stateOf(told.code === "ENDPOINT_BUSY", told);
    const check: EndpointCheck = { at, ms, models: [], inputs: [], ...state };
    return { check, model: chosen ?? otherwise };
  }
  const { models, inputs, server } = told;
  const model = chosen ?? models[0] ?? otherwise;
  const named = server === undefined ? {} : { server };
  const found = { at, ms, ...named, models: [...models], inputs: [...inputs] };
  if (models.length === 0 || models.includes(model)) {
    return { check: { ...found, state: "ready" }, model };
  }
  const reason = `it has ${models.slice(0, 5).join(", ")}`;
  const error = new StudioError("ENDPOINT_MODEL_UNKNOWN", { reason });
  return { check: { ...found, ...stateOf(false, error) }, model };
}
