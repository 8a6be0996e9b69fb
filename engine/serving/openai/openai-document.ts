import { z } from "zod";
import { RESIZE_MODES } from "../../contract/resize-mode.ts";
import type { DocumentPart, Operation } from "../routes/openapi-operations.ts";
import { CLOSED, list, named, object, type Schema, SETTINGS } from "../routes/openapi-schemas.ts";
import { imageSchema } from "./image-request.ts";

/** The list of models is shared with protocol v1. */
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
  {
    id: "editImages",
    path: "/v1/images/edits",
    body: "ImageEdit",
    reply: "ImagesReply",
    summary: "Draw pictures from a start image, in JSON or as a form whose file is `image`",
    form: "either",
    protocol: "openai",
  },
];

const STRING = { type: "string" };
const WHOLE = { type: "integer" };
const EVENTS = ["image_generation", "image_edit"].flatMap((kind) => [
  `${kind}.partial_image`,
  `${kind}.completed`,
]);
const MODEL = { id: STRING, object: { const: "model" }, created: WHOLE, owned_by: STRING };
const { properties: choices } = z.toJSONSchema(imageSchema, { io: "input" });

const REQUEST = { prompt: STRING, ...withoutMarks(SETTINGS), ...choices };

const SCHEMAS: Readonly<Record<string, Schema>> = {
  ImageRequest: object(
    { prompt: STRING },
    {
      ...CLOSED,
      properties: REQUEST,
      description:
        "OpenAI's members, and the inputs of protocol v2 by their names. `style`, `moderation` and `user` have no effect; `url` is a data: address.",
    },
  ),
  ImageEdit: object(
    { prompt: STRING, images: list(object({ image_url: STRING }, CLOSED), { maxItems: 1 }) },
    {
      properties: {
        ...REQUEST,
        images: list(object({ image_url: STRING }, CLOSED), { minItems: 1, maxItems: 1 }),
        strength: { type: "number", exclusiveMinimum: 0, maximum: 1 },
        resize_mode: { enum: RESIZE_MODES },
      },
      ...CLOSED,
      description:
        "The picture itself, in base64 or as a data: address. `strength` is 0.8 where it is absent, and `resize_mode` default: stretched to the size.",
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
          type: { enum: EVENTS },
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
