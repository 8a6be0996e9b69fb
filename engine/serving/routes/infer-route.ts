import type { FastifyRequest } from "fastify";
import { type InferRequest, readInferRequest } from "../../kserve/server/infer-request.ts";
import { pictureReply, seedReply } from "../../kserve/server/picture-reply.ts";
import { generationRequests, pictureRequest } from "../../kserve/server/picture-request.ts";
import { type WantedPicture, wantedPicture } from "../../kserve/server/wanted-picture.ts";
import type { EncodedMessage } from "../../kserve/wire/encoded-message.ts";
import { clientGone } from "./client-gone.ts";
import { allPictures, type DrawnRequest, type DrawOrder, ofOneSize } from "./draw-pictures.ts";
import { readBody } from "./read-body.ts";
import type { Handler } from "./route.ts";
import { isSeedReply, type RouteParts } from "./route-parts.ts";
import { sendMessage } from "./send-message.ts";
import { addressOf, type ModelAddress, servedModel } from "./served-model.ts";
import { timeLimitOf } from "./time-limit.ts";

/** The seed's handler looks at nothing but the prompt. */
const SEED_WANTED = { format: "raw" } as const;

/** `POST /v2/models/{m}[/versions/{v}]/infer`. */
export function inferRoute(parts: RouteParts): Handler {
  return async (request, reply) => {
    const address = addressOf(request);
    await servedModel(parts.engine, address);
    const message = readInferRequest(await readBody(request));
    const isSeed = isSeedReply(parts, parts.callerOf(request));
    const wanted = isSeed ? SEED_WANTED : wantedPicture(message);
    const order = orderOf(parts, request, { message, wanted, signal: clientGone(reply) });
    const drawn = await allPictures(parts.admission, order);
    const answer =
      "isBinary" in wanted
        ? replyOf({ address, message, wanted }, drawn)
        : seedReply(ofOneSize(drawn.pictures));
    return sendMessage(request, reply, answer);
  };
}

/** What an inference request asks of the engine. Throws REQUEST_INVALID. */
export function orderOf(
  { callerOf }: RouteParts,
  request: FastifyRequest,
  asked: {
    readonly message: InferRequest;
    readonly wanted: Pick<WantedPicture, "format">;
    readonly signal: AbortSignal;
  },
): DrawOrder {
  const { message, wanted, signal } = asked;
  return {
    requests: generationRequests(pictureRequest(message)),
    format: wanted.format,
    caller: callerOf(request),
    timeLimitSeconds: timeLimitOf(message.parameters),
    signal,
  };
}

/** The ordinary reply: pictures as they were wanted. */
export function replyOf(
  asked: {
    readonly address: ModelAddress;
    readonly message: InferRequest;
    readonly wanted: WantedPicture;
  },
  { pictures, seconds }: DrawnRequest,
): EncodedMessage {
  const { address, message, wanted } = asked;
  const head = {
    modelName: address.name,
    ...(address.version === undefined ? {} : { modelVersion: address.version }),
    id: message.id,
    seeds: pictures.map(({ seed }) => seed),
    device: pictures[0]?.device ?? "",
    seconds,
  };
  return pictureReply(head, ofOneSize(pictures), wanted);
}
