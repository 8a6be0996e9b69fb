import type { EndpointCheck } from "../contract/endpoints.ts";
import { StudioError, toWire } from "../contract/errors.ts";
import { REPLY_LIMITS } from "../kserve/client/endpoint-reply.ts";
import { readMessage } from "../kserve/wire/framing.ts";
import type { JsonObject } from "../kserve/wire/json.ts";
import { MessageFault } from "../kserve/wire/message-fault.ts";

/** What a refusal says of an endpoint's state. */
export function stateOf(
  isNotReady: boolean,
  error: StudioError,
): Pick<EndpointCheck, "state" | "error"> {
  return { state: isNotReady ? "not-ready" : "failed", error: toWire(error) };
}

/** What some work came to, or why it was refused. */
export async function orError<T>(work: () => Promise<T>): Promise<T | StudioError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StudioError) return error;
    throw error;
  }
}

/** The object that a body holds; undefined where it holds none. */
export function messageIn(body: Uint8Array): JsonObject | undefined {
  try {
    return readMessage(body, REPLY_LIMITS);
  } catch (error) {
    if (error instanceof MessageFault) return undefined;
    throw error;
  }
}
