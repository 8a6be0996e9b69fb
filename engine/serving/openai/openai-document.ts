import { z } from "zod";
import type { DocumentPart, Operation } from "../routes/openapi-operations.ts";
import { CLOSED, list, named, object, type Schema, SETTINGS } from "../routes/openapi-schemas.ts";
import { imageSchema } from "./image-request.ts";

/** Lists of models are one with protocol v1's. */
const OPERATIONS: readonly Operation[] = [
  {
    id: "listOfV1",
    path: "/v1/models",
    reply: "OpenaiModelList",
    summary: "Names that are answered to, as protocol v1 and as OpenAI have them",
    protocol: "openai",
  },
  {
    id: "readyOfV1",
    path: "/v1/models/{model}",
    reply: "OpenaiModel",
    summary: "Whether it is served",
    protocol: "openai",
  },
  {
    id: "generateImages",
    path: "/v1/images/generations",
    body: "ImageRequest",
    reply: "ImagesReply",
    summary: "Draw pictures; with `stream` by events",
    form: "either",
    protocol: "openai",
  },
];

const STRING = { type: "string" };
const WHOLE = { type: "integer" };
const MODEL = { id: STRING, object: { const: "model" }, created: WHOLE, owned_by: STRING };
const { properties: choices } = z.toJSONSchema(imageSchema, { io: "input" });

const SCHEMAS: Readonly<Record<string, Schema>> = {
  ImageRequest: object(
    { prompt: STRING, ...SETTINGS },
    {
      ...CLOSED,
      properties: { prompt: STRING, ...withoutMarks(SETTINGS), ...choices },
      description:
        "OpenAI's members, and the inputs of protocol v2 by their names. `style`, `moderation` and `user` have no effect; `url` is a data: address.",
    },
  ),
  ImagesReply: object(
    {
      created: WHOLE,
      background: { const: "opaque" },
      output_format: { enum: ["png", "jpeg", "webp"] },
      size: STRING,
      data: list(object({ "b64_json?": STRING, "url?": STRING }, CLOSED)),
    },
    CLOSED,
  ),
  ImagesReplyEvent: {
    anyOf: [
      object(
        {
          type: { enum: ["image_generation.partial_image", "image_generation.completed"] },
          created_at: WHOLE,
          b64_json: STRING,
          output_format: STRING,
          "partial_image_index?": WHOLE,
          "background?": STRING,
          "size?": STRING,
        },
        CLOSED,
      ),
      named("OpenaiRefusal"),
    ],
  },
  OpenaiModelList: object(
    { models: list(STRING), object: { const: "list" }, data: list(object(MODEL, CLOSED)) },
    CLOSED,
  ),
  OpenaiModel: object({ name: STRING, ready: { type: "boolean" }, ...MODEL }, CLOSED),
  OpenaiRefusal: object({
    error: object({
      message: STRING,
      type: STRING,
      param: { type: ["string", "null"] },
      code: STRING,
    }),
  }),
};

export const OPENAI_PART: DocumentPart = {
  about: "OpenAI's images API.",
  operations: OPERATIONS,
  schemas: SCHEMAS,
  refusal: "OpenaiRefusal",
};

function withoutMarks(
  members: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(members).map(([name, schema]) => [name.replace("?", ""), schema]),
  );
}
