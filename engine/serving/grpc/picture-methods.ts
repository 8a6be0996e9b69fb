import { StudioError } from "../../contract/errors.ts";
import {
  grpcPictureReply,
  grpcProgress,
  refuseLargeReply,
  streamed,
  streamedError,
} from "../../kserve/server/grpc-reply.ts";
import { readGrpcRequest } from "../../kserve/server/grpc-request.ts";
import { pictureRequest } from "../../kserve/server/picture-request.ts";
import { wantedPicture } from "../../kserve/server/wanted-picture.ts";
import { type ByteSource, wholeOf } from "../../kserve/wire/encoded-message.ts";
import { truthOf } from "../../kserve/wire/members.ts";
import { asRequest } from "../../kserve/wire/message-fault.ts";
import type { Admission } from "../admission.ts";
import type { PictureEngine } from "../picture-engine.ts";
import {
  allPictures,
  type DrawnRequest,
  drawPictures,
  ofOneSize,
  progressTeller,
} from "../routes/draw-pictures.ts";
import { headOf, type Inference, inferenceOf } from "../routes/read-inference.ts";
import { sentenceOf } from "../routes/refuse.ts";
import { relay } from "../routes/relay.ts";
import { nameOf, servedModel } from "../routes/served-model.ts";
import { type GrpcCall, type Message, type Methods, textIn } from "./grpc-method.ts";
import { addressIn } from "./model-methods.ts";

interface PictureParts {
  readonly engine: PictureEngine;
  readonly admission: Admission;
  readonly logError: (error: unknown) => void;
}

/** The methods that draw. */
export function pictureMethods(parts: PictureParts): Methods {
  return {
    ModelInfer: {
      scope: "inference",
      unary: async (request, call) => {
        const inference = await readInference(parts, request, call);
        const drawn = await allPictures(parts.admission, inference);
        return wholeOf(reply(inference, drawn, false));
      },
    },
    ModelStreamInfer: {
      scope: "inference",
      async *stream(requests, call) {
        for await (const request of requests) {
          for await (const message of answers(parts, request, call)) yield wholeOf(message);
        }
      },
    },
  };
}

/** Pictures are raw by default, which is what gRPC clients read. */
async function readInference(
  { engine }: PictureParts,
  message: Message,
  { caller, signal, secondsLeft }: GrpcCall,
): Promise<Inference> {
  const address = addressIn(message, "model_name", "model_version");
  const model = nameOf(await servedModel(engine, address));
  const request = readGrpcRequest(message);
  const parameters = new Map([["binary_data_output", true] as const, ...request.parameters]);
  const wanted = wantedPicture({ outputs: request.outputs, parameters });
  asRequest(() => refuseLargeReply(pictureRequest(request), wanted));
  const inference = inferenceOf({ request, wanted }, { address, model, caller, signal });
  const limits = [inference.timeLimitSeconds, secondsLeft].filter((one) => one !== undefined);
  return limits.length === 0 ? inference : { ...inference, timeLimitSeconds: Math.min(...limits) };
}

function reply(inference: Inference, drawn: DrawnRequest, isLast: boolean): ByteSource {
  const { wanted } = inference;
  return grpcPictureReply(headOf(inference, drawn), ofOneSize(drawn.pictures), { wanted, isLast });
}

/** Maximum number of messages waiting for a slow client; older ones are dropped, except the last one. */
const MAX_WAITING = 100;

/** Nothing is sent during silence: gRPC has its own pings. */
const SILENCE_MS = 60_000;

/**
 * The messages for a request of a stream: one for each step, unless its parameter `progress` is false, and a last one
 * with the reply or an error. Throws only what ends the call.
 */
async function* answers(
  parts: PictureParts,
  message: Message,
  call: GrpcCall,
): AsyncGenerator<ByteSource, void> {
  try {
    const inference = await readInference(parts, message, call);
    const { request, address } = inference;
    const hasProgress = asRequest(() => truthOf(request.parameters, "progress", "parameters"));
    const tell = progressTeller(inference);
    const drawing = drawPictures(parts.admission, inference);
    for await (const event of relay(drawing, { limit: MAX_WAITING, silenceMs: SILENCE_MS })) {
      if (event?.kind === "drawn") yield streamed(reply(inference, event, true));
      else if (event !== undefined && hasProgress !== false) {
        const { id } = request;
        yield streamed(grpcProgress({ id, modelName: address.name, ...(await tell(event)) }));
      }
    }
  } catch (error) {
    if (call.signal.aborted) throw error;
    if (!(error instanceof StudioError)) parts.logError(error);
    const names = { id: textIn(message, "id"), modelName: textIn(message, "model_name") };
    yield streamedError(sentenceOf(error), names);
  }
}
