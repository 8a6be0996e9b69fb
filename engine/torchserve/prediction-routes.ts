import type { FastifyReply, FastifyRequest } from "fastify";
import { StudioError } from "../contract/errors.ts";
import type { EncodedMessage } from "../kserve/wire/encoded-message.ts";
import type { MessageBody } from "../kserve/wire/framing.ts";
import { readInferRequest, type RequestedOutput } from "../kserve/server/infer-request.ts";
import { PICTURE_OUTPUT } from "../kserve/server/picture-inputs.ts";
import {
  HANDLERS_OUTPUT,
  isNotebookRequest,
  notebookReply,
  passedNotebookReply,
  pictureReply,
  wrappedNotebookReply,
} from "../kserve/server/picture-reply.ts";
import { generationRequests } from "../kserve/server/picture-request.ts";
import { predictReply, readPredictRequest } from "../kserve/server/predict.ts";
import type { DrawnPictures } from "../kserve/server/picture-data.ts";
import { wantedPicture } from "../kserve/server/wanted-picture.ts";
import type { Caller } from "../serving/caller.ts";
import { clientGone } from "../serving/routes/client-gone.ts";
import { allPictures, ofOneSize } from "../serving/routes/draw-pictures.ts";
import { formIn, isForm } from "../serving/routes/read-body.ts";
import { headOf, inferenceOf } from "../serving/routes/read-inference.ts";
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

interface PredictorParts extends MessageLimits {
  readonly parts: Pick<SharedParts, "engine" | "admission">;
  /** Encodes the KServe example's handler's reply in the form in which this address sends it. */
  readonly replyToNotebook: (model: string, drawn: DrawnPictures) => EncodedMessage;
}

interface Predicting extends PredictorParts {
  readonly parts: SharedParts;
}

/** A request to a model, over REST or gRPC. */
export interface Prediction {
  readonly address: ModelAddress;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  /** Absent if the request has none. */
  readonly contentType?: string | undefined;
}

/** Answers a request to a model; `read` is called only after the model is found to be served. */
export type Predict = (
  asked: Prediction,
  read: () => MessageBody | Promise<MessageBody>,
) => Promise<EncodedMessage>;

const EXPLAIN = new StudioError("REQUEST_INVALID", {
  field: "explain",
  value: "asked",
  reason: "pictures are drawn here, and nothing is explained",
});

const explain: Handler = () => {
  throw EXPLAIN;
};

/** The routes at which TorchServe answers requests to models. */
export function predictionRoutes(parts: SharedParts, limits: MessageLimits): readonly Route[] {
  const predicting = {
    parts,
    ...limits,
    replyToNotebook: (_: string, drawn: DrawnPictures) => notebookReply(drawn),
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
    // TorchServe's documentation uploads the request as a file with curl, which sends PUT.
    ...named.map((path) => ({ path, scope, POST: predict, PUT: predict }) as const),
    { path: "/invocations", scope, POST: predictionAt(predicting, onlyModel(parts)) },
    { path: "/v1/models/:model", scope, POST: predictionAt(predicting, verbAddress) },
    ...["/explanations/:model", "/explanations/:model/:version", "/v2/models/:model/explain"].map(
      (path) => ({ path, scope, POST: explain }) as const,
    ),
  ];
}

/** The routes at which KServe's wrapper answers such requests; they replace our routes with the same paths. */
export function wrapperRoutes(parts: SharedParts, limits: MessageLimits): readonly Route[] {
  const predicting = { parts, ...limits, replyToNotebook: wrappedNotebookReply };
  const atV1 = { ...predicting, replyToNotebook: passedNotebookReply };
  return [
    ...versioned("/infer", { scope: "inference", POST: predictionAt(predicting, addressOf) }),
    { path: "/v1/models/:model", scope: "inference", POST: predictionAt(atV1, verbAddress) },
  ];
}

function predictionAt(
  predicting: Predicting,
  addressed: (request: FastifyRequest) => ModelAddress | Promise<ModelAddress>,
): Handler {
  const { bodies, callerOf } = predicting.parts;
  const predict = predictor(predicting);
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const signal = clientGone(reply);
    const address = await addressed(request);
    const type = request.headers["content-type"] ?? "";
    // A form's data can be a plain prompt, as in a body of type text/plain.
    const contentType = isForm(type) ? "text/plain" : type;
    const read = async (): Promise<MessageBody> => {
      const body = await bodies.read(request);
      return isForm(type) ? { bytes: await dataIn(body.bytes, type) } : body;
    };
    const asked = { address, caller: callerOf(request), signal, contentType };
    return sendMessage(request, reply, await predict(asked, read));
  };
}

/** The part of a form that TorchServe's handlers read: `curl -F data=@request.json`. Refuses a form without it. */
async function dataIn(bytes: Uint8Array, type: string): Promise<Uint8Array> {
  const form = await formIn(bytes, type);
  const data = form.get("data") ?? form.get("body");
  if (data !== null) return typeof data === "string" ? Buffer.from(data) : data.bytes();
  const reason = "it has no part called data or body";
  throw new StudioError("REQUEST_INVALID", { field: "The form", value: "read", reason });
}

/** Answers as TorchServe itself does; used by its gRPC services. */
export function torchServePredictor(
  parts: Pick<SharedParts, "engine" | "admission">,
  limits: MessageLimits,
): Predict {
  return predictor({ parts, ...limits, replyToNotebook: (_, drawn) => notebookReply(drawn) });
}

function predictor(predicting: PredictorParts): Predict {
  const { parts, maxRequestBytes, maxResponseBytes, replyToNotebook } = predicting;
  const { engine, admission } = parts;
  return async ({ address, caller, signal, contentType = "" }, read) => {
    const model = nameOf(await servedModel(engine, address));
    const body = await read();
    if (body.bytes.length > maxRequestBytes) {
      throw new StudioError("BODY_TOO_LARGE", { limit: `${maxRequestBytes} bytes` });
    }
    const asked = { address, model, caller, signal };
    const answer = isInstances(body) ? await predicted(body) : await inferred(body);
    if (answer.sizeBytes > maxResponseBytes) throw tooLong(answer, maxResponseBytes);
    return answer;

    async function predicted({ bytes }: MessageBody): Promise<EncodedMessage> {
      const { pictures: wanted, format } = readPredictRequest(bytes);
      const requests = wanted.flatMap(generationRequests);
      const drawing = { requests, format, ...asked, timeLimitSeconds: undefined };
      const { pictures } = await allPictures(admission, drawing);
      return predictReply(byInstance(wanted, pictures).map(ofOneSize), format);
    }

    async function inferred(given: MessageBody): Promise<EncodedMessage> {
      const isText = /^text\/plain\b/i.test(contentType) && !isObject(given);
      const message = readInferRequest(isText ? { ...given, headerLength: "0" } : given);
      const isNotebook = !isText && given.headerLength === undefined && isNotebookRequest(message);
      const outputs = isNotebook ? [] : message.outputs.map(ownOutput);
      const wanted = wantedPicture({ ...message, outputs });
      const inference = inferenceOf({ request: message, wanted }, asked);
      const drawn = await allPictures(admission, inference);
      const pictures = ofOneSize(drawn.pictures);
      if (isNotebook) return replyToNotebook(address.name, pictures);
      const isHandlers = message.outputs.some(({ name }) => name === HANDLERS_OUTPUT);
      const head = headOf(inference, drawn);
      const named = isHandlers ? { ...head, outputName: HANDLERS_OUTPUT } : head;
      return pictureReply(named, pictures, wanted);
    }
  };
}

/** A requested output with our name instead of that in TorchServe's handlers. */
function ownOutput(output: RequestedOutput): RequestedOutput {
  return output.name === HANDLERS_OUTPUT ? { ...output, name: PICTURE_OUTPUT.name } : output;
}

/** Whether a body is a JSON object. HTTP libraries may label it text/plain if the client names no type. */
function isObject({ bytes }: MessageBody): boolean {
  return bytes[0] === "{".charCodeAt(0);
}

/** Whether a body is of protocol v1, which begins with `instances`; any other is of v2, whatever the address. */
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
  throw new StudioError("ADDRESS_UNKNOWN", { address: pathOf(request) });
}

/** For SageMaker's address, which names no model: the first that is ready, otherwise the first. */
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
