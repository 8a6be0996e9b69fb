import type { FastifyReply, FastifyRequest } from "fastify";
import { StudioError } from "../../contract/errors.ts";
import type { InferRequest } from "../../kserve/server/infer-request.ts";
import { pictureReply, type ReplyHead } from "../../kserve/server/picture-reply.ts";
import { generationRequests, pictureRequest } from "../../kserve/server/picture-request.ts";
import type { WantedPicture } from "../../kserve/server/wanted-picture.ts";
import type { Parameters } from "../../kserve/wire/wire-tensor.ts";
import type { EncodedMessage } from "../../kserve/wire/encoded-message.ts";
import type { MessageBody } from "../../kserve/wire/framing.ts";
import { clientGone } from "./client-gone.ts";
import { type DrawnRequest, type InferenceWork, ofOneSize } from "./draw-pictures.ts";
import type { SharedParts } from "./route-parts.ts";
import { addressOf, type ModelAddress, nameOf, servedModel } from "./served-model.ts";

/** A request of protocol v2 as its client sent it. */
export interface Message {
  readonly request: InferRequest;
  readonly wanted: WantedPicture;
}

/** The same with the work for the engine. */
export interface Inference extends Message, InferenceWork {
  readonly address: ModelAddress;
}

/** Reads a request to a served model, its body by `read`. Throws refusals. */
export async function readInference(
  { engine, callerOf, bodies }: SharedParts,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  read: (body: MessageBody) => Message,
): Promise<Inference> {
  const signal = clientGone(reply);
  const address = addressOf(request);
  const model = nameOf(await servedModel(engine, address));
  const message = read(await bodies.read(request));
  return inferenceOf(message, { address, model, caller: callerOf(request), signal });
}

/** The engine's work for a message, in whichever protocol it came. Throws REQUEST_INVALID. */
export function inferenceOf(
  message: Message,
  asked: Pick<Inference, "address" | "model" | "caller" | "signal">,
): Inference {
  return {
    ...message,
    ...asked,
    requests: generationRequests(pictureRequest(message.request)),
    format: message.wanted.format,
    timeLimitSeconds: timeLimitOf(message.request.parameters),
  };
}

const MICROSECONDS = 1_000_000;

/**
 * The request's own time limit in seconds: its parameter `timeout`, in microseconds as in Triton; 0 means none. Throws
 * REQUEST_INVALID.
 */
function timeLimitOf(parameters: Parameters): number | undefined {
  const value = parameters.get("timeout");
  if (value === undefined) return undefined;
  const timeout = typeof value === "boolean" || value === "" ? Number.NaN : Number(value);
  if (Number.isFinite(timeout) && timeout >= 0)
    return timeout === 0 ? undefined : timeout / MICROSECONDS;
  const reason = "it is a number of microseconds";
  throw new StudioError("REQUEST_INVALID", {
    field: "timeout",
    value: JSON.stringify(value),
    reason,
  });
}

/** The usual reply, with pictures in the requested form. */
export function replyTo(inference: Inference, drawn: DrawnRequest): EncodedMessage {
  return pictureReply(headOf(inference, drawn), ofOneSize(drawn.pictures), inference.wanted);
}

/** The members of a reply besides its pictures. */
export function headOf(
  { address, request }: Inference,
  { pictures, seconds }: DrawnRequest,
): ReplyHead {
  return {
    modelName: address.name,
    ...(address.version === undefined ? {} : { modelVersion: address.version }),
    id: request.id,
    seeds: pictures.map(({ seed }) => seed),
    device: pictures[0]?.device ?? "",
    precision: pictures[0]?.precision,
    seconds,
  };
}
