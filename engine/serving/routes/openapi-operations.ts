import type { Schema } from "./openapi-schemas.ts";
import type { SwitchedProtocol } from "./route.ts";

/** One thing that can be asked, as the document tells it. */
export interface Operation {
  readonly id: string;
  /** In braces what varies. */
  readonly path: string;
  /** Names of schemas: of the body where there is one, and of the reply. */
  readonly body?: string | readonly string[];
  readonly reply: string | readonly string[];
  readonly summary: string;
  /** Whether bodies and replies may hold binary tensors, the reply is a stream of events, one where it is asked for, or text. */
  readonly form?: "binary" | "events" | "either" | "text";
  /** Where it is answered only while that protocol is on, and refuses in its words. */
  readonly protocol?: SwitchedProtocol;
  /** Whether the body may be left out. */
  readonly isBodyOptional?: boolean;
}

/** A protocol's part of the document, where it is on. */
export interface DocumentPart {
  readonly about: string;
  readonly operations: readonly Operation[];
  readonly schemas: Readonly<Record<string, Schema>>;
  /** The schema of what it refuses with. */
  readonly refusal: string;
}

const MODEL = "/v2/models/{model}";
const GENERATE = ["GenerateRequest", "InferRequest"];

/** Operations of a model, each with a version in its path besides. */
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
    summary: "Draw pictures and tell of each step; the last event is the reply, or a refusal",
    form: "events",
  },
];

const REPOSITORY = "/v2/repository";

/** What is always answered. */
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
