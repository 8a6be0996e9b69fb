import { StudioError } from "../../contract/errors.ts";
import {
  eventJson,
  type ProgressEvent,
  readGenerateRequest,
  serverSentEvent,
} from "../../kserve/server/generate.ts";
import { readInferRequest } from "../../kserve/server/infer-request.ts";
import { notebookReply } from "../../kserve/server/picture-reply.ts";
import { wantedPicture } from "../../kserve/server/wanted-picture.ts";
import { toBase64 } from "../../kserve/wire/base64.ts";
import type { ByteSource } from "../../kserve/wire/encoded-message.ts";
import type { MessageBody } from "../../kserve/wire/framing.ts";
import { allPictures, ofOneSize, progressTeller, type Told } from "./draw-pictures.ts";
import { type EventForm, streamEvents } from "./event-stream.ts";
import { type Inference, type Message, readInference, replyTo } from "./read-inference.ts";
import { sentenceOf } from "./refuse.ts";
import { versioned } from "./model-routes.ts";
import type { Handler, Route } from "./route.ts";
import { isNotebookReply, type SharedParts } from "./route-parts.ts";
import { sendMessage } from "./send-message.ts";

/** The KServe example's handler reads nothing of a request besides the prompt. */
const NOTHING = { outputs: [], parameters: new Map() };

/** Requests for pictures in protocol v2: `/v2/models/{m}[/versions/{v}]/…`. */
export function pictureRoutes(parts: SharedParts): readonly Route[] {
  return [
    ...versioned("/infer", { scope: "inference", POST: infer(parts) }),
    ...versioned("/generate", { scope: "inference", POST: generate(parts) }),
    ...versioned("/generate_stream", { scope: "inference", POST: generateStream(parts) }),
  ];
}

/** `POST …/infer`: takes tensors, and replies with tensors. */
function infer(parts: SharedParts): Handler {
  return async (request, reply) => {
    const isNotebook = isNotebookReply(parts, parts.callerOf(request));
    const inference = await readInference(parts, { request, reply }, (body) => {
      const message = readInferRequest(body);
      return { request: message, wanted: wantedPicture(isNotebook ? NOTHING : message) };
    });
    const drawn = await allPictures(parts.admission, inference);
    const body = isNotebook ? notebookReply(ofOneSize(drawn.pictures)) : replyTo(inference, drawn);
    return sendMessage(request, reply, body);
  };
}

/** `POST …/generate`: a single reply. */
function generate(parts: SharedParts): Handler {
  return async (request, reply) => {
    const inference = await readInference(parts, { request, reply }, readMessage);
    const drawn = await allPictures(parts.admission, inference);
    return sendMessage(request, reply, replyTo(inference, drawn));
  };
}

/** `POST …/generate_stream`: an event for each step, then one with the reply. */
function generateStream(parts: SharedParts): Handler {
  return async (request, reply) => {
    const inference = await readInference(parts, { request, reply }, readMessage);
    const form = { encode: eventEncoder(inference), failed };
    return streamEvents(parts, { request, reply }, { work: inference, form });
  };
}

function readMessage({ bytes }: MessageBody): Message {
  const request = readGenerateRequest(bytes);
  const wanted = wantedPicture(request);
  if (!wanted.isBinary) return { request, wanted };
  throw new StudioError("REQUEST_INVALID", {
    field: "binary_data",
    value: "true",
    reason: "events are text; ask for it at infer",
  });
}

function failed(error: unknown): ByteSource {
  return serverSentEvent(eventJson({ error: sentenceOf(error) }));
}

function eventEncoder(inference: Inference): EventForm["encode"] {
  const tell = progressTeller(inference);
  return async (event) =>
    event.kind === "drawn"
      ? serverSentEvent(replyTo(inference, event))
      : serverSentEvent(eventJson(progressEvent(inference, await tell(event))));
}

function progressEvent(
  { address, request }: Inference,
  { step, of, preview }: Told,
): ProgressEvent {
  return {
    id: request.id,
    model_name: address.name,
    step,
    of,
    ...(preview === undefined ? {} : { preview: toBase64(preview) }),
  };
}
