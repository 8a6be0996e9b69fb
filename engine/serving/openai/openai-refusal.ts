import { type StudioError, toWire } from "../../contract/errors.ts";

/** A refusal as OpenAI's API has it. */
export interface OpenaiRefusal {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
  };
}

/** The same refusal in OpenAI's shape: what is wrong with the request by its parameter. */
export function openaiRefusal(refusal: StudioError): OpenaiRefusal {
  const { message, details } = toWire(refusal);
  const { field } = details;
  return {
    error: {
      message,
      type: refusal.status < 500 ? "invalid_request_error" : "server_error",
      param: typeof field === "string" && /^[a-z_]+$/.test(field) ? field : null,
      code: codeOf(refusal),
    },
  };
}

/** What OpenAI's clients look for where it has a word for it, otherwise ours in small letters. */
function codeOf({ code, details }: StudioError): string {
  if (code === "KEY_REFUSED") return "invalid_api_key";
  if (code === "NOT_FOUND" && details["what"] === "model") return "model_not_found";
  return code.toLowerCase();
}
