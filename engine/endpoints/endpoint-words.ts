import { type EndpointReply, REPLY_LIMITS } from "../kserve/client/endpoint-reply.ts";
import { readMessage } from "../kserve/wire/framing.ts";
import type { JsonObject } from "../kserve/wire/json.ts";
import { MessageFault } from "../kserve/wire/message-fault.ts";

/** Longest name of a server that is shown. */
const MAX_NAME = 100;

/** What a server says of itself: its name and version; undefined where it says nothing. */
export function readServer({ status, body }: EndpointReply): string | undefined {
  const message = status === 200 ? messageIn(body) : undefined;
  const words = ["name", "version"].flatMap((key) => {
    const value = message?.get(key);
    return typeof value === "string" && value.trim() !== "" ? [value.trim()] : [];
  });
  if (words.length === 0) return undefined;
  return words.join(" ").slice(0, MAX_NAME).toWellFormed();
}

/** Whether the body of a readiness reply says that it is not: Triton's is empty, KServe's is an object. */
export function saysNo(body: Uint8Array): boolean {
  const message = messageIn(body);
  return message?.get("ready") === false || message?.get("live") === false;
}

function messageIn(body: Uint8Array): JsonObject | undefined {
  try {
    return readMessage(body, REPLY_LIMITS);
  } catch (error) {
    if (error instanceof MessageFault) return undefined;
    throw error;
  }
}
