import { pictureSize } from "../../codecs/picture-codec.ts";
import type { StudioError } from "../../contract/errors.ts";
import { type GenerationRequest, MAX_SIDE } from "../../contract/request.ts";
import type { Size } from "../../image/resize.ts";
import { type ByteSource, join, text } from "../../kserve/wire/encoded-message.ts";
import { clientGone } from "../routes/client-gone.ts";
import {
  allPictures,
  type InferenceWork,
  type PreviewDue,
  progressTeller,
} from "../routes/draw-pictures.ts";
import { type EventForm, streamEvents } from "../routes/event-stream.ts";
import { asRefusal } from "../routes/refuse.ts";
import type { Handler, Route } from "../routes/route.ts";
import type { SharedParts } from "../routes/route-parts.ts";
import { sendMessage } from "../routes/send-message.ts";
import { ALIAS, nameOf, servedModel } from "../routes/served-model.ts";
import { completedEvent, type ImageKind, imagesReply, partialEvent } from "./image-reply.ts";
import { type ImageRequest, readEdit, readGeneration } from "./image-request.ts";
import { openaiRefusal } from "./openai-refusal.ts";

/** OpenAI's images API, as far as a text-to-image model supports it. */
export function imageRoutes(parts: SharedParts): readonly Route[] {
  return Object.entries({
    generations: images(parts, "image_generation", readGeneration),
    edits: images(parts, "image_edit", readEdit),
  }).map(([path, POST]) => ({
    path: `/v1/images/${path}`,
    scope: "inference",
    protocol: "openai",
    POST,
  }));
}

type ReadImages = (bytes: Uint8Array, type?: string) => ImageRequest | Promise<ImageRequest>;

function images(parts: SharedParts, kind: ImageKind, read: ReadImages): Handler {
  const { admission, bodies, callerOf, engine } = parts;
  return async (request, reply) => {
    const signal = clientGone(reply);
    const { bytes } = await bodies.read(request);
    const asked = await read(bytes, request.headers["content-type"]);
    const model = await servedModel(engine, { name: asked.model ?? ALIAS });
    bodies.hold(asked.startImage?.length ?? 0, reply);
    const work: InferenceWork = {
      requests: await sizedAsStart(asked, model.summary),
      startImage: asked.startImage,
      format: asked.format,
      model: nameOf(model),
      caller: callerOf(request),
      timeLimitSeconds: undefined,
      signal,
    };
    if (asked.isStream) {
      const form = eventsOf(kind, asked, work);
      return streamEvents(parts, { request, reply }, { work, form });
    }
    const { pictures } = await allPictures(admission, work);
    return sendMessage(request, reply, imagesReply(pictures, asked, now()));
  };
}

/** Sides of pictures are multiples of this. */
const SIDE_STEP = 64;

/** A size that was left open is close to the model's own, with the aspect ratio of the start image. */
async function sizedAsStart(
  { requests, startImage }: ImageRequest,
  model: Size,
): Promise<readonly GenerationRequest[]> {
  if (startImage === undefined || requests.some(({ width }) => width !== undefined))
    return requests;
  const { width, height } = await pictureSize(startImage, "The start image");
  const scale = Math.sqrt((model.width * model.height) / (width * height));
  const fitted = (side: number): number =>
    Math.min(MAX_SIDE, Math.max(1, Math.round((side * scale) / SIDE_STEP)) * SIDE_STEP);
  const size = { width: fitted(width), height: fitted(height) };
  return requests.map((request) => ({ ...request, ...size }));
}

/**
 * Partial images come at regular intervals; a step without one is a comment, which keeps proxies from closing the
 * connection.
 */
function eventsOf(kind: ImageKind, asked: ImageRequest, work: InferenceWork): EventForm {
  const { partialImages } = asked;
  let told = 0;
  const isDue: PreviewDue = (step, of) =>
    told < Math.min(partialImages, Math.floor((step * (partialImages + 1)) / of));
  const tell = progressTeller(work, isDue);
  return {
    encode: async (event) => {
      const created = now();
      if (event.kind === "drawn") {
        const wanted = asked;
        return join(event.pictures.map((each) => completedEvent(kind, each, { wanted, created })));
      }
      const { step, of, preview } = await tell(event);
      if (preview === undefined) return text(`: step ${step} of ${of}\n\n`);
      return partialEvent(kind, preview, { index: told++, created });
    },
    failed: (error) => errorEvent(asRefusal(error)),
  };
}

function errorEvent(refusal: StudioError): ByteSource {
  return text(`event: error\ndata: ${JSON.stringify(openaiRefusal(refusal))}\n\n`);
}

/** Seconds since 1970. */
function now(): number {
  return Math.floor(Date.now() / 1000);
}
