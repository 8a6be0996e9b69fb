import type { FastifyReply, FastifyRequest } from "fastify";
import { StudioError } from "../contract/errors.ts";
import type { EncodedMessage } from "../kserve/wire/encoded-message.ts";
import type { MessageBody } from "../kserve/wire/framing.ts";
import { readInferRequest } from "../kserve/server/infer-request.ts";
import { isNotebookRequest, seedReply, wrappedSeedReply } from "../kserve/server/picture-reply.ts";
import { generationRequests } from "../kserve/server/picture-request.ts";
import { predictReply, readPredictRequest } from "../kserve/server/predict.ts";
import type { DrawnPictures } from "../kserve/server/picture-data.ts";
import { wantedPicture } from "../kserve/server/wanted-picture.ts";
import { clientGone } from "../serving/routes/client-gone.ts";
import { allPictures, ofOneSize } from "../serving/routes/draw-pictures.ts";
import { inferenceOf, replyTo } from "../serving/routes/read-inference.ts";
import { byInstance } from "../serving/routes/predict-route.ts";
import { versioned } from "../serving/routes/model-routes.ts";
import { type Handler, pathOf, type Route } from "../serving/routes/route.ts";
import type { SharedParts } from "../serving/routes/route-parts.ts";
import { sendMessage } from "../serving/routes/send-message.ts";
import {
  addressOf,
  type ModelAddress,
  nameOf,
  parameter,
  servedModel,
} from "../serving/routes/served-model.ts";

/** Bytes that a request and a reply may have: max_request_size, max_response_size. */
export interface MessageLimits {
  readonly maxRequestBytes: number;
  readonly maxResponseBytes: number;
}

interface Predicting extends MessageLimits {
  readonly parts: SharedParts;
  /** The reply of the customer's handler, as it leaves this address. */
  readonly notebookReply: (model: string, drawn: DrawnPictures) => EncodedMessage;
}

const EXPLAIN = new StudioError("REQUEST_INVALID", {
  field: "explain",
  value: "asked",
  reason: "pictures are drawn here, and nothing is explained",
});

const explain: Handler = () => {
  throw EXPLAIN;
};

/** Where TorchServe answers requests to models. */
export function predictionRoutes(parts: SharedParts, limits: MessageLimits): readonly Route[] {
  const predicting = {
    parts,
    ...limits,
    notebookReply: (_: string, drawn: DrawnPictures) => seedReply(drawn),
  };
  const predict = predictionAt(predicting, addressOf);
  const scope = "inference";
  const named = [
    "/predictions/:model",
    "/predictions/:model/:version",
    "/models/:model/predict",
    "/models/:model/invoke",
    "/:model/predict",
    "/v2/models/:model/infer",
  ];
  return [
    ...named.map((path) => ({ path, scope, POST: predict }) as const),
    { path: "/invocations", scope, POST: predictionAt(predicting, onlyModel(parts)) },
    { path: "/v1/models/:model", scope, POST: predictionAt(predicting, verbAddress) },
    ...["/explanations/:model", "/explanations/:model/:version", "/v2/models/:model/explain"].map(
      (path) => ({ path, scope, POST: explain }) as const,
    ),
  ];
}

/** Where KServe's wrapper answers them: its addresses in place of ours of the same name. */
export function wrapperRoutes(parts: SharedParts, limits: MessageLimits): readonly Route[] {
  const predicting = { parts, ...limits, notebookReply: wrappedSeedReply };
  return [
    ...versioned("/infer", { scope: "inference", POST: predictionAt(predicting, addressOf) }),
    { path: "/v1/models/:model", scope: "inference", POST: predictionAt(predicting, verbAddress) },
  ];
}

function predictionAt(
  { parts, maxRequestBytes, maxResponseBytes, notebookReply }: Predicting,
  addressed: (request: FastifyRequest) => ModelAddress | Promise<ModelAddress>,
): Handler {
  const { engine, bodies, admission, callerOf } = parts;
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const signal = clientGone(reply);
    const address = await addressed(request);
    const model = nameOf(await servedModel(engine, address));
    const body = await bodies.read(request);
    if (body.bytes.length > maxRequestBytes) {
      throw new StudioError("BODY_TOO_LARGE", { limit: `${maxRequestBytes} bytes` });
    }
    const asked = { address, model, caller: callerOf(request), signal };
    const answer = isInstances(body)
      ? await predicted(body)
      : await inferred(body, request.headers["content-type"]);
    if (answer.sizeBytes > maxResponseBytes) throw tooLong(answer, maxResponseBytes);
    return sendMessage(request, reply, answer);

    async function predicted({ bytes }: MessageBody): Promise<EncodedMessage> {
      const { pictures: wanted, format } = readPredictRequest(bytes);
      const requests = wanted.flatMap(generationRequests);
      const drawing = { requests, format, ...asked, timeLimitSeconds: undefined };
      const { pictures } = await allPictures(admission, drawing);
      return predictReply(byInstance(wanted, pictures).map(ofOneSize), format);
    }

    async function inferred(given: MessageBody, type = ""): Promise<EncodedMessage> {
      const isText = /^text\/plain\b/i.test(type);
      const message = readInferRequest(isText ? { ...given, headerLength: "0" } : given);
      const isNotebook = !isText && given.headerLength === undefined && isNotebookRequest(message);
      const wanted = wantedPicture(isNotebook ? { ...message, outputs: [] } : message);
      const inference = inferenceOf({ request: message, wanted }, asked);
      const drawn = await allPictures(admission, inference);
      if (!isNotebook) return replyTo(inference, drawn);
      return notebookReply(address.name, ofOneSize(drawn.pictures));
    }
  };
}

/** Protocol v1 has instances; everything else is v2, whatever the address. */
function isInstances({ bytes, headerLength }: MessageBody): boolean {
  const beginning = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4096));
  return (
    headerLength === undefined && /^\s*\{\s*"instances"\s*:/.test(beginning.toString("latin1"))
  );
}

function verbAddress(request: FastifyRequest): ModelAddress {
  const call = parameter(request.params, "model") ?? "";
  if (call.endsWith(":explain")) throw EXPLAIN;
  if (call.endsWith(":predict")) return { name: call.slice(0, -":predict".length) };
  throw new StudioError("NOT_FOUND", { what: "address", id: pathOf(request) });
}

/** SageMaker's address names no model. */
function onlyModel({ engine }: SharedParts) {
  return async (): Promise<ModelAddress> => {
    const models = await engine.models();
    const ready = models.find(({ state }) => state === "ready") ?? models[0];
    if (ready !== undefined) return nameOf(ready);
    throw new StudioError("NOT_FOUND", { what: "model", id: "any" });
  };
}

function tooLong({ sizeBytes }: EncodedMessage, limit: number): StudioError {
  return new StudioError("REPLY_TOO_LONG", { bytes: sizeBytes, limit });
}
