import { type StudioError, toWire } from "../../contract/errors.ts";
import { errorReply } from "../../kserve/server/server-messages.ts";
import { openaiRefusal } from "../openai/openai-refusal.ts";

/** A refusal in the words of the protocol whose address was asked. */
export function refusalBody(url: string, refusal: StudioError): object {
  if (url.startsWith("/v1/images/")) return openaiRefusal(refusal);
  if (url.startsWith("/sdapi/")) return a1111Refusal(refusal);
  return errorReply(refusal).body;
}

/** As A1111's API has it: the kind of error, and a sentence. */
function a1111Refusal(refusal: StudioError): object {
  const { code, message } = toWire(refusal);
  return { error: code, detail: message, body: "", errors: message };
}
