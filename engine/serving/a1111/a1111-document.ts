import { z } from "zod";
import type { DocumentPart, Operation } from "../routes/openapi-operations.ts";
import { list, object, type Schema } from "../routes/openapi-schemas.ts";
import { a1111Schema } from "./a1111-request.ts";
import { NONE } from "./a1111-lists.ts";

const SUMMARIES: Readonly<Record<string, string>> = {
  "sd-models": "Models of this machine",
  samplers: "Samplers by A1111's names",
  schedulers: "Schedule types by A1111's names",
};

function reading(path: string, reply: string, summary: string): Operation {
  const id = `a1111 ${path}`.replaceAll(/[ -](\w)/g, (_, letter: string) => letter.toUpperCase());
  return { id, path: `/sdapi/v1/${path}`, reply, summary, protocol: "a1111" };
}

function writing(path: string, body: string, reply: string, summary: string): Operation {
  const id = path.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const isBodyOptional = body === "A1111Empty";
  return { id, path: `/sdapi/v1/${path}`, body, reply, summary, isBodyOptional, protocol: "a1111" };
}

const OPERATIONS: readonly Operation[] = [
  writing("txt2img", "A1111Request", "A1111Reply", "Draw pictures"),
  writing("img2img", "A1111Request", "A1111Reply", "Draw pictures from the one in init_images"),
  writing("interrupt", "A1111Empty", "A1111Object", "End what is drawn for this key"),
  writing("refresh-checkpoints", "A1111Empty", "A1111Object", "Nothing: models are always current"),
  writing("png-info", "A1111Png", "A1111Object", "How a PNG says that it was made"),
  writing("options", "A1111Options", "A1111Object", "Serve the model sd_model_checkpoint"),
  reading("options", "A1111Object", "The model that is served"),
  reading("progress", "A1111Object", "How far what is drawn for this key is"),
  reading("cmd-flags", "A1111Object", "That the API is on"),
  reading("scripts", "A1111Object", "None"),
  reading("embeddings", "A1111Object", "None"),
  ...Object.entries(SUMMARIES).map(([path, summary]) => reading(path, "A1111List", summary)),
  ...NONE.map((path) => reading(path, "A1111List", "None")),
];

const STRING = { type: "string" };
const { properties } = z.toJSONSchema(a1111Schema, { io: "input", unrepresentable: "any" });

const SCHEMAS: Readonly<Record<string, Schema>> = {
  A1111Request: {
    type: "object",
    properties: { ...properties, seed: { type: "integer", minimum: -1 } },
    description: "Members besides say nothing, as at A1111.",
  },
  A1111Reply: object({ images: list(STRING), parameters: { type: "object" }, info: STRING }),
  A1111Empty: { type: "object" },
  A1111Object: { type: "object" },
  A1111List: list({ type: "object" }),
  A1111Png: object({ image: STRING }),
  A1111Options: object({ "sd_model_checkpoint?": STRING }),
  A1111Refusal: object({ error: STRING, detail: STRING, body: STRING, errors: STRING }),
};

export const A1111_PART: DocumentPart = {
  about: "The part of A1111's API that its clients draw with.",
  operations: OPERATIONS,
  schemas: SCHEMAS,
  refusal: "A1111Refusal",
};
