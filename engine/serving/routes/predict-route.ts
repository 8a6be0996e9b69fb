import { StudioError } from "../../contract/errors.ts";
import { generationRequests, type PictureRequest } from "../../kserve/server/picture-request.ts";
import { predictReply, readPredictRequest } from "../../kserve/server/predict.ts";
import { clientGone } from "./client-gone.ts";
import { allPictures, type Drawn, ofOneSize } from "./draw-pictures.ts";
import { type Handler, pathOf } from "./route.ts";
import type { SharedParts } from "./route-parts.ts";
import { sendMessage } from "./send-message.ts";
import { nameOf, parameter, servedModel } from "./served-model.ts";

/** The suffix of a model's name in protocol v1. */
export const VERB = ":predict";

/** `POST /v1/models/{m}:predict`; for a router that splits at slashes, the colon is part of the name. */
export function predictRoute({ engine, admission, callerOf, bodies }: SharedParts): Handler {
  return async (request, reply) => {
    const signal = clientGone(reply);
    const call = parameter(request.params, "model") ?? "";
    if (!call.endsWith(VERB)) {
      throw new StudioError("ADDRESS_UNKNOWN", { address: pathOf(request) });
    }
    const model = await servedModel(engine, { name: call.slice(0, -VERB.length) });
    const { bytes } = await bodies.read(request);
    const { pictures: asked, format } = readPredictRequest(bytes);
    const { pictures } = await allPictures(admission, {
      requests: asked.flatMap(generationRequests),
      format,
      model: nameOf(model),
      caller: callerOf(request),
      timeLimitSeconds: undefined,
      signal,
    });
    return sendMessage(
      request,
      reply,
      predictReply(byInstance(asked, pictures).map(ofOneSize), format),
    );
  };
}

/** Pictures by the instance that requested them, each of which can have its own size. */
export function byInstance(
  asked: readonly PictureRequest[],
  pictures: readonly Drawn[],
): readonly (readonly Drawn[])[] {
  const left = [...pictures];
  return asked.map(({ prompts, count }) => left.splice(0, prompts.length * count));
}
