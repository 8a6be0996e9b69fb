import type { FastifyInstance, FastifyRequest } from "fastify";
import { StudioError } from "../contract/errors.ts";

/** The longest list of ids has 64 kB; prompts and forms are smaller. */
const MAX_JSON_BYTES = 2 << 20;
/** A picture of 64 MiB, the contract's maximum, and the form around it. */
const MAX_FORM_BYTES = 65 << 20;
/** Deeper than anything in the contract; recursion fails at a few thousand. */
const MAX_DEPTH = 64;

/** Parses JSON and forms with files, each within its limit, and nothing else. */
export function readBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(
    "application/json",
    { parseAs: "string", bodyLimit: MAX_JSON_BYTES },
    (request, text, done) => {
      if (depthOf(text) > MAX_DEPTH) done(unreadable("it is nested too deeply"));
      else if (text === "") done(null);
      else void parse(request, text, done);
    },
  );
  app.addContentTypeParser<Buffer<ArrayBuffer>>(
    "multipart/form-data",
    { parseAs: "buffer", bodyLimit: MAX_FORM_BYTES },
    async ({ headers }: FastifyRequest, bytes: Buffer<ArrayBuffer>) => {
      const type = headers["content-type"] ?? "";
      const form = new Response(bytes, { headers: { "content-type": type } }).formData();
      return form.catch(() => Promise.reject(unreadable("it is not a form")));
    },
  );
}

/** The nesting depth of brackets in a JSON text, outside strings; computed without recursion. */
export function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gs)) {
    if (token === "[" || token === "{") deepest = Math.max(deepest, ++depth);
    else if (token === "]" || token === "}") depth = Math.max(0, depth - 1);
  }
  return deepest;
}

function unreadable(reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The body", value: "read", reason });
}
