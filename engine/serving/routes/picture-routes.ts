import { Readable } from "node:stream";
import type { FastifyBaseLogger } from "fastify";
import { StudioError } from "../../contract/errors.ts";
import {
  eventJson,
  type ProgressEvent,
  readGenerateRequest,
  serverSentEvent,
} from "../../kserve/server/generate.ts";
import { readInferRequest } from "../../kserve/server/infer-request.ts";
import { seedReply } from "../../kserve/server/picture-reply.ts";
import { wantedPicture } from "../../kserve/server/wanted-picture.ts";
import { toBase64 } from "../../kserve/wire/base64.ts";
import { type ByteSource, text } from "../../kserve/wire/encoded-message.ts";
import type { MessageBody } from "../../kserve/wire/framing.ts";
import {
  allPictures,
  type DrawnRequest,
  drawPictures,
  ofOneSize,
  type Progress,
  progressTeller,
  type Told,
} from "./draw-pictures.ts";
import { type Inference, type Message, readInference, replyTo } from "./read-inference.ts";
import { sentenceOf } from "./refuse.ts";
import { relay } from "./relay.ts";
import { versioned } from "./model-routes.ts";
import type { Handler, Route } from "./route.ts";
import { isSeedReply, type SharedParts } from "./route-parts.ts";
import { endWhereStalled, sendMessage } from "./send-message.ts";

/** Silence that proxies take for death begins at 30 s: a comment goes out before. */
const SILENCE_MS = 10_000;

/** Events that may wait for a slow client; what is older is dropped, the last one never. */
const MAX_WAITING = 100;

const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  // Proxies of nginx's kind would collect the events otherwise.
  "x-accel-buffering": "no",
};

/** What the customer's handler reads of a request besides the prompt. */
const NOTHING = { outputs: [], parameters: new Map() };

/** Where pictures are asked for in protocol v2: `/v2/models/{m}[/versions/{v}]/…`. */
export function pictureRoutes(parts: SharedParts): readonly Route[] {
  return [
    ...versioned("/infer", { scope: "inference", POST: infer(parts) }),
    ...versioned("/generate", { scope: "inference", POST: generate(parts) }),
    ...versioned("/generate_stream", { scope: "inference", POST: generateStream(parts) }),
  ];
}

/** `POST …/infer`: tensors in, one reply of tensors out. */
function infer(parts: SharedParts): Handler {
  return async (request, reply) => {
    const isSeed = isSeedReply(parts, parts.callerOf(request));
    const inference = await readInference(parts, { request, reply }, (body) => {
      const message = readInferRequest(body);
      return { request: message, wanted: wantedPicture(isSeed ? NOTHING : message) };
    });
    const drawn = await allPictures(parts.admission, inference);
    const answer = isSeed ? seedReply(ofOneSize(drawn.pictures)) : replyTo(inference, drawn);
    return sendMessage(request, reply, answer);
  };
}

/** `POST …/generate`: one reply. */
function generate(parts: SharedParts): Handler {
  return async (request, reply) => {
    const inference = await readInference(parts, { request, reply }, readMessage);
    const drawn = await allPictures(parts.admission, inference);
    return sendMessage(request, reply, replyTo(inference, drawn));
  };
}

/**
 * `POST …/generate_stream`: an event for each step, then one that is the reply. What is refused before
 * the first of them has a status; what fails later is an event `{"error"}`.
 */
function generateStream(parts: SharedParts): Handler {
  return async (request, reply) => {
    const inference = await readInference(parts, { request, reply }, readMessage);
    const silenceMs = parts.silenceMs ?? SILENCE_MS;
    const drawing = drawPictures(parts.admission, inference);
    const events = relay(drawing, { limit: MAX_WAITING, silenceMs });
    const first = await events.next();
    endWhereStalled(reply);
    const stream = eventStream(first.value ?? undefined, events, { inference, log: request.log });
    return reply.headers(STREAM_HEADERS).send(Readable.from(stream, { objectMode: false }));
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

type DrawingEvent = Progress | DrawnRequest;

async function* eventStream(
  first: DrawingEvent | undefined,
  events: AsyncIterable<DrawingEvent | undefined>,
  { inference, log }: { readonly inference: Inference; readonly log: FastifyBaseLogger },
): AsyncGenerator<Uint8Array, void> {
  const encode = eventEncoder(inference);
  try {
    yield* (await encode(first)).chunks;
    for await (const event of events) yield* (await encode(event)).chunks;
  } catch (error) {
    if (inference.signal.aborted) return;
    if (!(error instanceof StudioError)) log.error(error);
    yield* serverSentEvent(eventJson({ error: sentenceOf(error) })).chunks;
  }
}

function eventEncoder(
  inference: Inference,
): (event: DrawingEvent | undefined) => Promise<ByteSource> {
  const tell = progressTeller(inference);
  return async (event) => {
    // A comment: clients skip it, proxies see that somebody is there.
    if (event === undefined) return text(": waiting\n\n");
    if (event.kind === "drawn") return serverSentEvent(replyTo(inference, event));
    return serverSentEvent(eventJson(progressEvent(inference, await tell(event))));
  };
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
