import { StudioError } from "../contract/errors.ts";

/** How the providers of ONNX Runtime say that memory has run out. */
const OUT_OF_MEMORY =
  /failed to allocate memory|bad.?alloc|out of memory|out_of_memory|cannot allocate|allocation.*failed|buffer size.*exceeds|max_length_error/i;

/** What ONNX Runtime said, in the studio's words. `doing` completes "… while …". */
export function refusalOf(message: string, doing: string): StudioError {
  const cause = { cause: message };
  if (OUT_OF_MEMORY.test(message)) return new StudioError("OUT_OF_MEMORY", { doing }, cause);
  const [reason = ""] = message.trim().split("\n");
  return new StudioError("INFERENCE_FAILED", { doing, reason: reason.slice(0, 300) }, cause);
}
