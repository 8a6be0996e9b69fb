import type { StudioError } from "../../contract/errors.ts";
import { errorReply } from "../../kserve/server/server-messages.ts";
import { openaiRefusal } from "../openai/openai-refusal.ts";

/** A refusal in the words of the protocol whose address was asked. */
export function refusalBody(url: string, refusal: StudioError): object {
  if (url.startsWith("/v1/images/")) return openaiRefusal(refusal);
  return errorReply(refusal).body;
}
