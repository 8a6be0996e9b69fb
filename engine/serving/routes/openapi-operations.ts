import type { Schema } from "./openapi-schemas.ts";
import type { SwitchedProtocol } from "./route.ts";

/** An operation in the OpenAPI document. */
export interface Operation {
  readonly id: string;
  /** With parameters in braces. */
  readonly path: string;
  /** Names of schemas: of the body if there is one, and of the reply. */
  readonly body?: string | readonly string[];
  readonly reply: string | readonly string[];
  readonly summary: string;
  /**
   * Whether bodies and replies can contain binary tensors, or the reply is a stream of events, either on request, or
   * text.
   */
  readonly form?: "binary" | "events" | "either" | "text";
  /** If set, the operation exists only while that protocol is on, and has its form of refusals. */
  readonly protocol?: SwitchedProtocol;
  /** Whether the body is optional. */
  readonly isBodyOptional?: boolean;
}

/** A protocol's part of the document, if it is on. */
export interface DocumentPart {
  readonly about: string;
  readonly operations: readonly Operation[];
  readonly schemas: Readonly<Record<string, Schema>>;
  /** The schema of its refusals. */
  readonly refusal: string;
}

const MODEL = "/v2/models/{model}";
const GENERATE = ["GenerateRequest", "InferRequest"];

/** Operations on a model; each also exists with a version in its path. */
const MODEL_OPERATIONS: readonly Operation[] = [
  { id: "modelMetadata", path: "", reply: "ModelMetadata", summary: "A model and its inputs" },
  {
    id: "modelStatistics",
    path: "/stats",
    reply: "Statistics",
    summary: "What was drawn, and how long it took",
  },
  { id: "modelReady", path: "/ready", reply: "ModelReady", summary: "Whether a model is served" },
  {
    id: "infer",
    path: "/infer",
    body: "InferRequest",
    reply: ["InferReply", "SeedReply"],
    summary: "Draw pictures",
    form: "binary",
  },
  {
    id: "generate",
    path: "/generate",
    body: GENERATE,
    reply: "InferReply",
    summary: "Draw pictures, as PNG unless told otherwise",
  },
  {
    id: "generateStream",
    path: "/generate_stream",
    body: GENERATE,
    reply: "Event",
    summary: "Draw pictures and report each step; the last event is the reply, or a refusal",
    form: "events",
  },
];

const REPOSITORY = "/v2/repository";

/** Operations that always exist. */
export const OPERATIONS: readonly Operation[] = [
  {
    id: "metrics",
    path: "/metrics",
    reply: "Text",
    summary: "What Prometheus reads",
    form: "text",
  },
  { id: "alive", path: "/", reply: "Alive", summary: "Whether the server answers" },
  { id: "openapi", path: "/openapi.json", reply: "Document", summary: "This document" },
  { id: "serverMetadata", path: "/v2", reply: "ServerMetadata", summary: "What this server is" },
  { id: "live", path: "/v2/health/live", reply: "Live", summary: "Whether the server answers" },
  { id: "ready", path: "/v2/health/ready", reply: "Ready", summary: "Whether a model is served" },
  { id: "models", path: "/v2/models", reply: "ModelList", summary: "Names that are answered to" },
  {
    id: "statistics",
    path: "/v2/models/stats",
    reply: "Statistics",
    summary: "What was drawn by each model, and how long it took",
  },
  ...MODEL_OPERATIONS.map((operation) => ({ ...operation, path: `${MODEL}${operation.path}` })),
  ...MODEL_OPERATIONS.map((operation) => ({
    ...operation,
    id: `${operation.id}OfVersion`,
    path: `${MODEL}/versions/{version}${operation.path}`,
  })),
  {
    id: "index",
    path: `${REPOSITORY}/index`,
    body: "IndexRequest",
    isBodyOptional: true,
    reply: "Index",
    summary: "Models of this machine; the body may be empty",
  },
  ...["load", "unload"].map((verb) => ({
    id: verb,
    path: `${REPOSITORY}/models/{model}/${verb}`,
    body: "LoadRequest",
    isBodyOptional: true,
    reply: "Loaded",
    summary: `${verb === "load" ? "Serve a model" : "Serve none"}; the body may be empty`,
  })),
  { id: "listOfV1", path: "/v1/models", reply: "ModelList", summary: "Names that are answered to" },
  {
    id: "readyOfV1",
    path: "/v1/models/{model}",
    reply: "ModelReady",
    summary: "Whether it is served",
  },
  {
    id: "predict",
    path: "/v1/models/{model}:predict",
    body: "PredictRequest",
    reply: "PredictReply",
    summary: "Draw pictures by protocol v1",
  },
];
