import {
  PICTURE_INPUTS,
  PICTURE_OUTPUT,
  type PictureInput,
} from "../../kserve/server/picture-inputs.ts";
import { USED_PRECISIONS } from "../../contract/precision.ts";
import { PICTURE_FORMATS } from "../../kserve/server/wanted-picture.ts";
import { type Datatype, ELEMENT_BYTES } from "../../kserve/wire/datatypes.ts";

/** A schema of JSON Schema 2020-12, as OpenAPI 3.1 uses it. */
export type Schema = Readonly<Record<string, unknown>>;

const STRING = { type: "string" };
const WHOLE = { type: "integer" };
const TRUTH = { type: "boolean" };
const VALUE = { type: ["string", "number", "boolean"] };

/** A reference to a schema of the document. */
export function named(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/** An object; members whose names end in `?` are optional. */
export function object(members: Readonly<Record<string, Schema>>, more: Schema = {}): Schema {
  const entries = Object.entries(members);
  return {
    type: "object",
    required: entries.map(([name]) => name).filter((name) => !name.endsWith("?")),
    properties: Object.fromEntries(
      entries.map(([name, schema]) => [name.replace("?", ""), schema]),
    ),
    ...more,
  };
}

export function list(items: Schema, more: Schema = {}): Schema {
  return { type: "array", items, ...more };
}

/** No other members: clients can validate our replies. */
export const CLOSED = { additionalProperties: false };

const DATATYPES = Object.keys(ELEMENT_BYTES);
const INPUTS: readonly PictureInput[] = Object.values(PICTURE_INPUTS);
const INPUT_NAMES = INPUTS.flatMap(({ name, alias }) =>
  alias === undefined ? [name] : [name, alias],
);

/** The schema of an input as a plain value instead of a tensor. */
const PLAIN: Partial<Record<Datatype, Schema>> = {
  BYTES: STRING,
  INT64: { type: ["integer", "string"], description: "Of 64 bits: a string keeps all digits." },
  INT32: WHOLE,
  FP32: { type: "number" },
};

/** The inputs as plain members. */
export const SETTINGS = Object.fromEntries(
  INPUTS.flatMap((input) =>
    [input.name, input.alias]
      .filter((name) => name !== undefined)
      .map((name) => [`${name}?`, PLAIN[input.datatype] ?? VALUE] as const),
  ),
);

const TENSOR_METADATA = object(
  { name: STRING, datatype: { enum: DATATYPES }, shape: list(WHOLE) },
  CLOSED,
);

const REQUESTS: Readonly<Record<string, Schema>> = {
  Parameters: {
    type: "object",
    additionalProperties: VALUE,
    description: `Settings by the inputs' names, ${INPUT_NAMES.join(", ")}; binary_data_output; timeout in microseconds.`,
  },
  InputTensor: object({
    name: {
      ...STRING,
      description: `One of ${INPUT_NAMES.join(", ")}; another one is the prompt.`,
    },
    shape: list({ ...WHOLE, minimum: -1 }, { description: "-1 is for the data to decide." }),
    datatype: { enum: DATATYPES },
    "parameters?": object({ "binary_data_size?": WHOLE, "content_type?": { enum: ["base64"] } }),
    "data?": list({}, { description: "Nested or flat; absent where the tensor is binary." }),
  }),
  RequestedOutput: object({
    name: { const: PICTURE_OUTPUT.name },
    "parameters?": object({
      "format?": { enum: PICTURE_FORMATS },
      "datatype?": { enum: ["UINT8", "FP16", "FP32"] },
      "flat?": TRUTH,
      "binary_data?": TRUTH,
    }),
  }),
  InferRequest: object({
    "id?": STRING,
    "parameters?": named("Parameters"),
    inputs: list(named("InputTensor")),
    "outputs?": list(named("RequestedOutput"), { maxItems: 1 }),
  }),
  GenerateRequest: object(
    { text_input: STRING, "id?": STRING, "parameters?": named("Parameters"), ...SETTINGS },
    { description: "Members besides are settings; format (png), datatype and flat, too." },
  ),
  PredictRequest: object(
    {
      "instances?": list({ oneOf: [STRING, named("PictureSettings")] }),
      "inputs?": list({ oneOf: [STRING, named("PictureSettings")] }),
      "parameters?": object({ "format?": { enum: PICTURE_FORMATS } }),
    },
    { description: "Either instances or inputs." },
  ),
  PictureSettings: object({ ...SETTINGS, "prompt?": STRING }),
  IndexRequest: object({ "ready?": TRUTH }),
  LoadRequest: object({ "parameters?": object({ "unload_dependents?": TRUTH }) }),
};

const OUTPUT_NAME = { const: PICTURE_OUTPUT.name };
const byte = { ...WHOLE, minimum: 0, maximum: 255 };
const share = { type: "number", minimum: 0, maximum: 1 };
const size = list({ ...WHOLE, minimum: 1 }, { minItems: 3, maxItems: 4 });

/** Numbers, flat or nested as the shape of one or several pictures. */
function numbers(element: Schema): Schema {
  const nested = list(list(list(element)));
  return { anyOf: [list(element), nested, list(nested)] };
}

const REPLIES: Readonly<Record<string, Schema>> = {
  Refusal: object({ error: STRING, "code?": STRING }),
  Alive: object({ status: { const: "alive" } }, CLOSED),
  Live: object({ live: TRUTH }, CLOSED),
  Ready: object({ ready: TRUTH }, CLOSED),
  ServerMetadata: object({ name: STRING, version: STRING, extensions: list(STRING) }, CLOSED),
  TensorMetadata: TENSOR_METADATA,
  ModelMetadata: object(
    {
      name: STRING,
      versions: list(STRING),
      platform: STRING,
      inputs: list(named("TensorMetadata")),
      outputs: list(named("TensorMetadata")),
      properties: { type: "object", additionalProperties: STRING },
    },
    CLOSED,
  ),
  ModelList: object({ models: list(STRING) }, CLOSED),
  ModelReady: object({ name: STRING, ready: TRUTH }, CLOSED),
  Index: list(
    object(
      {
        name: STRING,
        version: STRING,
        state: { enum: ["READY", "UNAVAILABLE", "LOADING", "UNLOADING"] },
        reason: STRING,
      },
      CLOSED,
    ),
  ),
  Loaded: object({ name: STRING, "load?": TRUTH, "unload?": TRUTH }, CLOSED),
  OutputTensor: {
    oneOf: [
      object(
        { name: OUTPUT_NAME, shape: size, datatype: { const: "UINT8" }, data: numbers(byte) },
        CLOSED,
      ),
      object(
        { name: OUTPUT_NAME, shape: size, datatype: { const: "FP32" }, data: numbers(share) },
        CLOSED,
      ),
      object(
        {
          name: OUTPUT_NAME,
          shape: list(WHOLE, { minItems: 1, maxItems: 1 }),
          datatype: { const: "BYTES" },
          parameters: object(
            { format: { enum: PICTURE_FORMATS }, content_type: { const: "base64" } },
            CLOSED,
          ),
          data: list({ ...STRING, contentEncoding: "base64" }),
        },
        CLOSED,
      ),
      object(
        {
          name: OUTPUT_NAME,
          shape: list(WHOLE),
          datatype: { enum: ["UINT8", "FP16", "FP32", "BYTES"] },
          parameters: object(
            { binary_data_size: WHOLE, "format?": { enum: PICTURE_FORMATS } },
            CLOSED,
          ),
        },
        { ...CLOSED, description: "Binary: its bytes follow the JSON." },
      ),
    ],
  },
  InferReply: object(
    {
      model_name: STRING,
      "model_version?": STRING,
      id: STRING,
      parameters: object(
        {
          seed: STRING,
          device: STRING,
          "precision?": { enum: USED_PRECISIONS },
          seconds: { type: "number" },
        },
        CLOSED,
      ),
      outputs: list(named("OutputTensor"), { minItems: 1, maxItems: 1 }),
    },
    CLOSED,
  ),
  SeedReply: object(
    {
      id: { const: "42" },
      outputs: list(
        object(
          {
            name: { const: "output0" },
            shape: size,
            datatype: { const: "fp16" },
            data: numbers(byte),
          },
          CLOSED,
        ),
      ),
    },
    { ...CLOSED, description: "Where the key or the settings ask for the notebook profile." },
  ),
  ProgressEvent: object(
    {
      id: STRING,
      model_name: STRING,
      step: { ...WHOLE, minimum: 1 },
      of: { ...WHOLE, minimum: 1 },
      "preview?": { ...STRING, contentEncoding: "base64", contentMediaType: "image/png" },
    },
    { ...CLOSED, description: "Steps done, of how many, of all pictures together." },
  ),
  Event: { anyOf: [named("ProgressEvent"), named("InferReply"), named("Refusal")] },
  PredictReply: object({ predictions: list({ type: ["string", "array"] }) }, CLOSED),
};

/** Every schema of the document, by name. */
export const SCHEMAS: Readonly<Record<string, Schema>> = { ...REQUESTS, ...REPLIES };
