import { SOFTWARE } from "../../contract/software.ts";
import { named, type Schema, SCHEMAS } from "./openapi-schemas.ts";

/** One thing that can be asked, as the document tells it. */
interface Operation {
  readonly id: string;
  /** In braces what varies. */
  readonly path: string;
  /** Names of schemas: of the body where there is one, and of the reply. */
  readonly body?: string | readonly string[];
  readonly reply: string | readonly string[];
  readonly summary: string;
  /** Whether bodies and replies may hold binary tensors, or the reply is a stream of events. */
  readonly form?: "binary" | "events";
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

const OPERATIONS: readonly Operation[] = [
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
    reply: "Index",
    summary: "Models of this machine; the body may be empty",
  },
  ...["load", "unload"].map((verb) => ({
    id: verb,
    path: `${REPOSITORY}/models/{model}/${verb}`,
    body: "LoadRequest",
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

/** As Triton's statistics extension has it. */
const STATISTICS: Schema = {
  type: "object",
  required: ["model_stats"],
  properties: { model_stats: { type: "array", items: { type: "object" } } },
};

const BINARY = { "application/octet-stream": {} };

/** The inference server as an OpenAPI 3.1 document. */
export const OPENAPI = {
  openapi: "3.1.0",
  info: {
    title: `${SOFTWARE.software} inference server`,
    version: SOFTWARE.version,
    description: "The Open Inference Protocol (KServe v2) for pictures, and KServe v1.",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  servers: [{ url: "/" }],
  // A key, or none where the server asks for none.
  security: [{}, { key: [] }],
  tags: [
    { name: "v2", description: "The Open Inference Protocol, with Triton's extensions." },
    { name: "v1", description: "The protocol of KServe before it." },
    { name: "server", description: "The server itself." },
  ],
  paths: Object.fromEntries(
    OPERATIONS.map((each) => [each.path, { [verbOf(each)]: described(each) }]),
  ),
  components: {
    schemas: { ...SCHEMAS, Document: { type: "object" }, Statistics: STATISTICS },
    responses: {
      Refused: refused("Refused, and why"),
      Busy: {
        ...refused("No room, no device or no model now"),
        headers: { "Retry-After": { schema: { type: "integer", minimum: 1 } } },
      },
      Failed: refused("A mistake of the server's"),
    },
    parameters: {
      model: parameterOf("model", "path", "A model's own name, or `stable-diffusion`"),
      version: parameterOf("version", "path", "1.0 is the only one"),
      headerLength: {
        ...parameterOf(
          "Inference-Header-Content-Length",
          "header",
          "Bytes of the body that are JSON, unpacked",
        ),
        required: false,
        schema: { type: "integer", minimum: 0 },
      },
    },
    securitySchemes: { key: { type: "http", scheme: "bearer" } },
  },
};

function verbOf({ body }: Operation): "get" | "post" {
  return body === undefined ? "get" : "post";
}

function described(operation: Operation): Schema {
  const { id, summary, path, form } = operation;
  const [, area = ""] = path.split("/");
  const names = ["model", "version"].filter((name) => path.includes(`{${name}}`));
  const parameters = [...names, ...(form === "binary" ? ["headerLength"] : [])];
  return {
    operationId: id,
    summary,
    tags: [area === "v1" || area === "v2" ? area : "server"],
    parameters: parameters.map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ...requestBody(operation),
    responses: {
      200: { description: "Done", ...contentOf(operation) },
      "4XX": { $ref: "#/components/responses/Refused" },
      503: { $ref: "#/components/responses/Busy" },
      "5XX": { $ref: "#/components/responses/Failed" },
    },
  };
}

function requestBody({ body, form }: Operation): Schema {
  if (body === undefined) return {};
  const schema = anyOf(body);
  const isOptional = body === "IndexRequest" || body === "LoadRequest";
  const content = { "application/json": { schema }, ...(form === "binary" ? BINARY : {}) };
  return { requestBody: { required: !isOptional, content } };
}

function contentOf({ reply, form }: Operation): Schema {
  const schema = anyOf(reply);
  if (form === "events") return { content: { "text/event-stream": { schema } } };
  return { content: { "application/json": { schema }, ...(form === "binary" ? BINARY : {}) } };
}

function anyOf(names: string | readonly string[]): Schema {
  const [first = {}, ...others] = [names].flat().map(named);
  return others.length === 0 ? first : { anyOf: [first, ...others] };
}

function refused(description: string): Schema {
  return { description, content: { "application/json": { schema: named("Refusal") } } };
}

function parameterOf(name: string, place: "path" | "header", description: string): Schema {
  return { name, in: place, required: true, description, schema: { type: "string" } };
}
