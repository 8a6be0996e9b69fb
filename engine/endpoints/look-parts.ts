import type { EndpointCheck } from "../contract/endpoints.ts";
import { StudioError, toWire } from "../contract/errors.ts";
import { REPLY_LIMITS } from "../kserve/client/endpoint-reply.ts";
import { readMessage } from "../kserve/wire/framing.ts";
import type { JsonObject } from "../kserve/wire/json.ts";
import { MessageFault } from "../kserve/wire/message-fault.ts";

/** The state of an endpoint according to a refusal. */
export function stateOf(
  isNotReady: boolean,
  error: StudioError,
): Pick<EndpointCheck, "state" | "error"> {
  return { state: isNotReady ? "not-ready" : "failed", error: toWire(error) };
}

/** The result of some work, or its refusal. */
export async function orError<T>(work: () => Promise<T>): Promise<T | StudioError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StudioError) return error;
    throw error;
  }
}

/** The JSON object in a body; undefined if there is none. */
export function messageIn(body: Uint8Array): JsonObject | undefined {
  try {
    return readMessage(body, REPLY_LIMITS);
  } catch (error) {
    if (error instanceof MessageFault) return undefined;
    throw error;
  }
}
