import { StudioError } from "../contract/errors.ts";
import { wholeOf } from "../kserve/wire/encoded-message.ts";
import {
  type GrpcCall,
  type Message,
  type Method,
  type Methods,
  textIn,
} from "../serving/grpc/grpc-method.ts";
import { type Offer, OPEN_INFERENCE, type OfferParts } from "../serving/grpc/grpc-server.ts";
import { type Outcome, outcomeOf } from "../serving/grpc/grpc-status.ts";
import { asRefusal } from "../serving/routes/refuse.ts";
import { whyNotReady } from "../serving/routes/served-model.ts";
import type { ModelManagement } from "./management.ts";
import { type MessageLimits, type Predict, torchServePredictor } from "./prediction-routes.ts";
import { torchServeError } from "./refusal-shape.ts";
import type { Fields } from "./registration-fields.ts";

const INFERENCE = "org.pytorch.serve.grpc.inference.InferenceAPIsService";
const MANAGEMENT = "org.pytorch.serve.grpc.management.ManagementAPIsService";

/** TorchServe's inference service and protocol v2's. */
export function inferenceOffer(limits: MessageLimits): Offer {
  return {
    files: ["torchserve-inference.proto", ...OPEN_INFERENCE.files],
    services: (parts) => ({
      ...OPEN_INFERENCE.services(parts),
      [INFERENCE]: inferenceMethods(parts, torchServePredictor(parts, limits)),
    }),
  };
}

/** TorchServe's management API over gRPC. */
export function managementOffer(management: ModelManagement): Offer {
  return {
    files: ["torchserve-management.proto"],
    services: () => ({ [MANAGEMENT]: managementMethods(management) }),
  };
}

function inferenceMethods({ engine }: OfferParts, predict: Predict): Methods {
  const scope = "inference";
  const predicted = async (message: Message, { caller, signal }: GrpcCall): Promise<object> => {
    const asked = { address: addressIn(message), caller, signal };
    const answer = await predict(asked, () => ({ bytes: bodyIn(message) }));
    return { prediction: wholeOf(answer) };
  };
  return {
    Ping: {
      scope: "open",
      unary: async () => {
        const isHealthy = whyNotReady(await engine.models()) === undefined;
        return { health: pretty({ status: isHealthy ? "Healthy" : "Unhealthy" }) };
      },
    },
    Predictions: { scope, outcome, unary: predicted },
    StreamPredictions: {
      scope,
      outcome,
      async *stream(requests, call) {
        for await (const request of requests) yield await predicted(request, call);
      },
    },
    StreamPredictions2: {
      scope,
      outcome,
      async *stream(requests, call) {
        for await (const request of requests) {
          const { sequence_id } = request;
          const reply = await predicted(request, call).catch((error: unknown) => {
            if (call.signal.aborted) throw error;
            const { code, details } = outcome(error);
            return { status: { code, message: details } };
          });
          yield { ...reply, ...(sequence_id !== undefined && { sequence_id }) };
        }
      },
    },
  };
}

function managementMethods(management: ModelManagement): Methods {
  return {
    DescribeModel: telling(async (message) =>
      pretty(await management.describe(...namedIn(message))),
    ),
    ListModels: telling((message) => pretty(management.list(fieldsOf(message)))),
    RegisterModel: telling(async (message) => {
      const { status } = await management.register(fieldsOf(message));
      return status;
    }),
    ScaleWorker: telling(async (message) => {
      const { status } = await management.scale(namedIn(message), fieldsOf(message));
      return status;
    }),
    SetDefault: telling((message) => management.setDefault(...namedIn(message))),
    UnregisterModel: telling((message) => management.remove(...namedIn(message))),
  };
}

function telling(tell: (message: Message) => string | Promise<string>): Method {
  return {
    scope: "management",
    outcome,
    unary: async (message) => ({ msg: await tell(message) }),
  };
}

function addressIn(message: Message): { readonly name: string; readonly version?: string } {
  const [name, version] = namedIn(message);
  return version === undefined ? { name } : { name, version };
}

function namedIn(message: Message): readonly [name: string, version?: string] {
  const name = textIn(message, "model_name");
  const version = textIn(message, "model_version");
  if (name === "") throw absent("model_name", "it names a model");
  return version === "" ? [name] : [name, version];
}

/** The request's body, as over REST: the input `body` or `data`, the names that TorchServe's handlers read. */
function bodyIn({ input }: Message): Uint8Array {
  const parts = new Map(Object.entries(input ?? {}));
  const body: unknown = parts.get("body") ?? parts.get("data");
  if (body instanceof Uint8Array) return body;
  throw absent("input", "the request is its member data or body");
}

function absent(field: string, reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field, value: "absent", reason });
}

/** The fields of a message as a query would have them; those that are empty, 0 or false count as absent. */
function fieldsOf(message: Message): Fields {
  const said = Object.entries(message).filter(
    ([, value]) => value !== "" && value !== 0 && value !== false,
  );
  return new Map(said.map(([name, value]) => [name, String(value)]));
}

/** JSON formatted as in TorchServe's messages. */
function pretty(json: object): string {
  return JSON.stringify(json, undefined, 2);
}

/** TorchServe's exceptions of its package `archive.model`; all others are of `http`. */
const ARCHIVE_EXCEPTIONS: ReadonlySet<string> = new Set([
  "ModelNotFoundException",
  "ModelVersionNotFoundException",
]);

/** A refusal in TorchServe's form: the sentence, and on the next line the exception's full name. */
function outcome(error: unknown): Outcome {
  const { type, message } = torchServeError(asRefusal(error));
  const place = ARCHIVE_EXCEPTIONS.has(type) ? "archive.model" : "http";
  const details = `${message}\norg.pytorch.serve.${place}.${type}`.toWellFormed();
  return { ...outcomeOf(error), details };
}
