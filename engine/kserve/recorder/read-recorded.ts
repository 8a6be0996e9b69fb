import { StudioError } from "../../contract/errors.ts";
import type { Replay } from "../../contract/recordings.ts";
import { readInferRequest } from "../server/infer-request.ts";
import { generationRequests, pictureRequest } from "../server/picture-request.ts";
import { isCurl, readCurl } from "./curl-command.ts";
import { isPython, readPython } from "./python-program.ts";

/** Maximum size of a recorded request. */
export const MAX_RECORDED_BYTES = 4 << 20;

/**
 * The settings in a recorded request: the JSON of protocol v2, a curl command that sends it, or a program of the recorder.
 * Refuses as REQUEST_INVALID anything else, and settings that pictures do not have.
 */
export function readRecorded(bytes: Uint8Array): Replay {
  if (bytes.length > MAX_RECORDED_BYTES) {
    throw refused(`of ${bytes.length} bytes`, `the limit is ${MAX_RECORDED_BYTES}`);
  }
  const text = textOf(bytes);
  if (isPython(text)) {
    const { url, body } = readPython(text);
    return { requests: requestsIn(body), url };
  }
  if (!isCurl(text)) return { requests: requestsIn(text) };
  const { url, body } = readCurl(text);
  if (body === undefined) throw refused("a curl line without data", "it asks for no picture");
  return { requests: requestsIn(body), url };
}

function requestsIn(body: string): Replay["requests"] {
  const bytes = new TextEncoder().encode(body);
  return [...generationRequests(pictureRequest(readInferRequest({ bytes })))];
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

function textOf(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw refused("replayed", "it is neither a picture nor the text of a request");
  }
}

function refused(value: string, reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The file", value, reason });
}
