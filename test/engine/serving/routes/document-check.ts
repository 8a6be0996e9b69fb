import { gunzipSync, inflateSync } from "node:zlib";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { OPENAPI, openapiOf } from "../../../../engine/serving/routes/openapi.ts";
import type { Answer } from "./asking.ts";

const DOCUMENT = "document";
const ajv = new Ajv2020({ strict: false, allErrors: false });
const EVERYTHING = openapiOf(new Set(["openai", "a1111"]));
ajv.addSchema({ ...EVERYTHING, paths: { ...EVERYTHING.paths, ...OPENAPI.paths } }, DOCUMENT);

/** Paths of the document as regular expressions; those with fewer variable parts come first. */
const PATHS = Object.keys(EVERYTHING.paths)
  .toSorted((a, b) => a.split("{").length - b.split("{").length || b.length - a.length)
  .map((path) => ({
    path,
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/:]+")}/?$`),
  }));

/** Differences between a reply to a request such as `GET /v2` and the server's own document. */
export function faultsOf(call: string, answer: Answer): unknown[] {
  const [method = "", path = ""] = call.split(" ");
  return jsonsOf(answer).flatMap((json) => {
    const validate = validatorFor(method.toLowerCase(), path, answer);
    return validate(json) ? [] : [{ call, json, errors: validate.errors }];
  });
}

function validatorFor(method: string, path: string, { status, headers }: Answer): ValidateFunction {
  if (status >= 400) return compiled(`components/schemas/${refusalOf(path)}`);
  const known = PATHS.find(({ pattern }) => pattern.test(path.replaceAll(/%3a/gi, ":")));
  if (known === undefined) throw new Error(`${path} is not in the document`);
  const isStream = String(headers["content-type"]).startsWith("text/event-stream");
  const type = isStream ? "text/event-stream" : "application/json";
  const steps = ["paths", known.path, method, "responses", "200", "content", type, "schema"];
  if (isStream) steps.push("properties", "data", "contentSchema");
  return compiled(steps.map((step) => step.replaceAll("/", "~1")).join("/"));
}

function refusalOf(path: string): string {
  if (path.startsWith("/sdapi/")) return "A1111Refusal";
  return path.startsWith("/v1/images/") ? "OpenaiRefusal" : "Refusal";
}

const validators = new Map<string, ValidateFunction>();

function compiled(pointer: string): ValidateFunction {
  const known = validators.get(pointer);
  if (known !== undefined) return known;
  const validate = ajv.compile({ $ref: `${DOCUMENT}#/${encodeURI(pointer)}` });
  validators.set(pointer, validate);
  return validate;
}

/** The JSON of a reply: all of it, the part before binary tensors, or one value for each event. */
function jsonsOf({ headers, bytes }: Answer): unknown[] {
  const text = unpacked(bytes, headers["content-encoding"]);
  const type = String(headers["content-type"]);
  if (type.startsWith("text/event-stream")) return eventsOf(text.toString());
  const end = Number(headers["inference-header-content-length"] ?? text.length);
  return [JSON.parse(text.subarray(0, end).toString())];
}

/** The data of each server-sent event, without comments. */
export function eventsOf(stream: string): unknown[] {
  return stream
    .split("\n\n")
    .filter((event) => event !== "" && !event.startsWith(":"))
    .map((event) => JSON.parse(event.replace(/^(?:event: .*\n)?data: /, "")) as unknown);
}

function unpacked(bytes: Buffer, encoding: unknown): Buffer {
  if (encoding === "gzip") return gunzipSync(bytes);
  return encoding === "deflate" ? inflateSync(bytes) : bytes;
}
