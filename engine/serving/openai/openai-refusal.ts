import { type StudioError, toWire } from "../../contract/errors.ts";

/** An error of OpenAI's API. */
export interface OpenaiRefusal {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
  };
}

/** A refusal in OpenAI's form; errors in a request name its parameter. */
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

/** The code that OpenAI's clients know, if there is one, otherwise ours in lower case. */
function codeOf({ code, details }: StudioError): string {
  if (code === "KEY_REFUSED") return "invalid_api_key";
  if (code === "NOT_FOUND" && details["what"] === "model") return "model_not_found";
  return code.toLowerCase();
}
