import { SOFTWARE } from "../../contract/software.ts";
import { A1111_PART } from "../a1111/a1111-document.ts";
import { OPENAI_PART } from "../openai/openai-document.ts";
import { type DocumentPart, type Operation, OPERATIONS } from "./openapi-operations.ts";
import { named, type Schema, SCHEMAS } from "./openapi-schemas.ts";
import type { SwitchedProtocol } from "./route.ts";

/** As in Triton's statistics extension. */
const STATISTICS: Schema = {
  type: "object",
  required: ["model_stats"],
  properties: { model_stats: { type: "array", items: { type: "object" } } },
};

const BINARY = { "application/octet-stream": {} };

const PARTS: Readonly<Record<SwitchedProtocol, DocumentPart>> = {
  openai: OPENAI_PART,
  a1111: A1111_PART,
};

/** The inference server as an OpenAPI 3.1 document, including the given protocols. */
export function openapiOf(on: ReadonlySet<SwitchedProtocol>) {
  const parts = [...on].map((protocol) => ({ protocol, ...PARTS[protocol] }));
  const operations = [...OPERATIONS, ...parts.flatMap((part) => part.operations)];
  const refusals = parts.map(
    ({ refusal }) => [refusal, refused("Refused, and why", refusal)] as const,
  );
  const schemas = [COMPONENTS.schemas, ...parts.map((part) => part.schemas)].flatMap((each) =>
    Object.entries(each),
  );
  return {
    ...HEAD,
    tags: [
      ...HEAD.tags,
      ...parts.map(({ protocol, about }) => ({ name: protocol, description: about })),
    ],
    paths: pathsOf(operations),
    components: {
      ...COMPONENTS,
      schemas: Object.fromEntries(schemas),
      responses: { ...COMPONENTS.responses, ...Object.fromEntries(refusals) },
    },
  };
}

const HEAD = {
  openapi: "3.1.0",
  info: {
    title: `${SOFTWARE.software} inference server`,
    version: SOFTWARE.version,
    description: "The Open Inference Protocol (KServe v2) for pictures, and KServe v1.",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  servers: [{ url: "/" }],
  // A key, or none if the server does not require one.
  security: [{}, { key: [] }],
  tags: [
    { name: "v2", description: "The Open Inference Protocol, with Triton's extensions." },
    { name: "v1", description: "The protocol of KServe before it." },
    { name: "server", description: "The server itself." },
  ],
};

const COMPONENTS = {
  schemas: {
    ...SCHEMAS,
    Document: { type: "object" },
    Text: { type: "string" },
    Statistics: STATISTICS,
  },
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
};

/** The same without optional protocols. */
export const OPENAPI = openapiOf(new Set());

function pathsOf(operations: readonly Operation[]): Readonly<Record<string, object>> {
  const byPath = Map.groupBy(operations, ({ path }) => path);
  return Object.fromEntries(
    [...byPath].map(([path, all]) => [
      path,
      Object.fromEntries(all.map((each) => [verbOf(each), described(each)])),
    ]),
  );
}

function verbOf({ body }: Operation): "get" | "post" {
  return body === undefined ? "get" : "post";
}

function described(operation: Operation): Schema {
  const { id, summary, path, form, protocol } = operation;
  const [, area = ""] = path.split("/");
  const names = ["model", "version"].filter((name) => path.includes(`{${name}}`));
  const parameters = [...names, ...(form === "binary" ? ["headerLength"] : [])];
  return {
    operationId: id,
    summary,
    tags: [protocol ?? (area === "v1" || area === "v2" ? area : "server")],
    parameters: parameters.map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ...requestBody(operation),
    responses: { 200: { description: "Done", ...contentOf(operation) }, ...refusalsOf(operation) },
  };
}

function refusalsOf({ protocol, body }: Operation): Schema {
  const own = protocol === undefined || body === undefined ? undefined : PARTS[protocol].refusal;
  const ref = (name: string): Schema => ({ $ref: `#/components/responses/${own ?? name}` });
  return { "4XX": ref("Refused"), 503: ref("Busy"), "5XX": ref("Failed") };
}

function requestBody({ body, form, isBodyOptional = false }: Operation): Schema {
  if (body === undefined) return {};
  const schema = anyOf(body);
  const content = { "application/json": { schema }, ...(form === "binary" ? BINARY : {}) };
  return { requestBody: { required: !isBodyOptional, content } };
}

function contentOf({ reply, form }: Operation): Schema {
  const schema = anyOf(reply);
  if (form === "text") return { content: { "text/plain": { schema } } };
  if (form === "events") return { content: { "text/event-stream": { schema: eventOf(schema) } } };
  if (form === "either") {
    const events = { schema: eventOf(named(`${String(reply)}Event`)) };
    return { content: { "application/json": { schema }, "text/event-stream": events } };
  }
  return { content: { "application/json": { schema }, ...(form === "binary" ? BINARY : {}) } };
}

/** A server-sent event with JSON data. */
function eventOf(contentSchema: Schema): Schema {
  return {
    type: "object",
    required: ["data"],
    properties: {
      event: { type: "string" },
      data: { type: "string", contentMediaType: "application/json", contentSchema },
    },
  };
}

function anyOf(names: string | readonly string[]): Schema {
  const [first = {}, ...others] = [names].flat().map(named);
  return others.length === 0 ? first : { anyOf: [first, ...others] };
}

function refused(description: string, schema = "Refusal"): Schema {
  return { description, content: { "application/json": { schema: named(schema) } } };
}

function parameterOf(name: string, place: "path" | "header", description: string): Schema {
  return { name, in: place, required: true, description, schema: { type: "string" } };
}
