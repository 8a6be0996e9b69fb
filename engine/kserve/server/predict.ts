import { toBase64 } from "../wire/base64.ts";
import { type ByteSource, type EncodedMessage, join, text } from "../wire/encoded-message.ts";
import { readMessage } from "../wire/framing.ts";
import { MAX_PICTURES } from "./given-values.ts";
import { REQUEST_LIMITS } from "./infer-request.ts";
import { isList, type Json, type JsonObject } from "../wire/json.ts";
import { asList, asObject, asParameters, isAbsent } from "../wire/members.ts";
import { asRequest, MessageFault, within } from "../wire/message-fault.ts";
import { DECIMALS } from "./nested-json.ts";
import { type DrawnPictures, inBrackets, pixelJson } from "./picture-data.ts";
import {
  type PictureRequest,
  refuseTooLarge,
  refuseTooMany,
  toPictureRequest,
} from "./picture-request.ts";
import { type PictureFormat, readFormat } from "./wanted-picture.ts";
import type { Parameters } from "../wire/wire-tensor.ts";

/** A request of protocol v1. */
export interface PredictRequest {
  /** One for each instance; each can have its own settings. */
  readonly pictures: readonly PictureRequest[];
  readonly format: PictureFormat;
}

/**
 * Reads `POST /v1/models/{m}:predict`: `instances` or `inputs`, each a prompt or an object with v2's input names.
 * `parameters.format` selects the format; PNG by default. Throws REQUEST_INVALID.
 */
export function readPredictRequest(bytes: Uint8Array): PredictRequest {
  return asRequest(() => {
    const message = readMessage(bytes, REQUEST_LIMITS);
    const pictures = instancesOf(message).map((instance, i) =>
      within(`instance ${i}`, () =>
        toPictureRequest({ inputs: [], parameters: settings(instance) }),
      ),
    );
    refuseTooMany(pictures.reduce((sum, { prompts, count }) => sum + prompts.length * count, 0));
    refuseTooLarge(pictures);
    const parameters = asParameters(message.get("parameters"), "parameters");
    return { pictures, format: readFormat(parameters, "parameters") ?? "png" };
  });
}

function instancesOf(message: JsonObject): readonly Json[] {
  const [instances, inputs] = [message.get("instances"), message.get("inputs")];
  if (!isAbsent(instances) && !isAbsent(inputs)) {
    throw new MessageFault("inputs", "there as well", "a request has instances or inputs");
  }
  const given = instances ?? inputs;
  const list = asList(
    isAbsent(given) || isList(given) ? given : [given],
    MAX_PICTURES,
    "instances",
  );
  if (list.length > 0) return list;
  throw new MessageFault("instances", "empty", "a picture needs a prompt");
}

function settings(instance: Json): Parameters {
  if (typeof instance === "string") return asParameters(new Map([["prompt", instance]]), "prompt");
  return asParameters(asObject(instance, "it"), "it");
}

/** The reply of protocol v1: a list of pictures, as files in base64 or as nested lists. */
export function predictReply(
  drawn: readonly DrawnPictures[],
  format: PictureFormat,
): EncodedMessage {
  const predictions = drawn.flatMap((each) => predictionsOf(each, format));
  return {
    headers: { "content-type": "application/json" },
    ...join([text('{"predictions":'), inBrackets(predictions), text("}")]),
  };
}

function predictionsOf(drawn: DrawnPictures, format: PictureFormat): readonly ByteSource[] {
  return drawn.pictures.map((picture) =>
    format === "raw"
      ? pixelJson({ ...drawn, pictures: [picture] }, DECIMALS, false)
      : text(`"${toBase64(picture)}"`),
  );
}
