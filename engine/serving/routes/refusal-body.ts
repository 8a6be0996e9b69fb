import { type StudioError, toWire } from "../../contract/errors.ts";
import { errorReply } from "../../kserve/server/server-messages.ts";
import { openaiRefusal } from "../openai/openai-refusal.ts";

/** A refusal in the form of the protocol that the address belongs to. */
export function refusalBody(url: string, refusal: StudioError): object {
  if (url.startsWith("/v1/images/")) return openaiRefusal(refusal);
  if (url.startsWith("/sdapi/")) return a1111Refusal(refusal);
  return errorReply(refusal).body;
}

/** A1111's form: the kind of error, and a sentence. */
function a1111Refusal(refusal: StudioError): object {
  const { code, message } = toWire(refusal);
  return { error: code, detail: message, body: "", errors: message };
}
