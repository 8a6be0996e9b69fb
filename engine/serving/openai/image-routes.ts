import type { StudioError } from "../../contract/errors.ts";
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
import { ALIAS, servedModel } from "../routes/served-model.ts";
import { completedEvent, type ImageKind, imagesReply, partialEvent } from "./image-reply.ts";
import { type ImageRequest, readGeneration } from "./image-request.ts";
import { openaiRefusal } from "./openai-refusal.ts";

/** OpenAI's images API, as far as a model that turns text into pictures can answer it. */
export function imageRoutes(parts: SharedParts): readonly Route[] {
  return [
    {
      path: "/v1/images/generations",
      scope: "inference",
      protocol: "openai",
      POST: generations(parts),
    },
  ];
}

function generations(parts: SharedParts): Handler {
  const { admission, bodies, callerOf, engine } = parts;
  return async (request, reply) => {
    const signal = clientGone(reply);
    const { bytes } = await bodies.read(request);
    const asked = readGeneration(bytes);
    await servedModel(engine, { name: asked.model ?? ALIAS });
    const work: InferenceWork = {
      requests: asked.requests,
      format: asked.format,
      caller: callerOf(request),
      timeLimitSeconds: undefined,
      signal,
    };
    if (asked.isStream) {
      const form = eventsOf("image_generation", asked, work);
      return streamEvents(parts, { request, reply }, { work, form });
    }
    const { pictures } = await allPictures(admission, work);
    return sendMessage(request, reply, imagesReply(pictures, asked, now()));
  };
}

/** Partial images come at even distances; a step without one is a comment, so that proxies see that it goes on. */
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
