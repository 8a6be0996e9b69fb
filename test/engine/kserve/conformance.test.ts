import { describe, expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import type { MessageBody } from "../../../engine/kserve/wire/framing.ts";
import type { EncodedMessage } from "../../../engine/kserve/wire/encoded-message.ts";
import { readInferRequest } from "../../../engine/kserve/server/infer-request.ts";
import { notebookReply, pictureReply } from "../../../engine/kserve/server/picture-reply.ts";
import { pictureRequest } from "../../../engine/kserve/server/picture-request.ts";
import { predictReply, readPredictRequest } from "../../../engine/kserve/server/predict.ts";
import {
  errorReply,
  modelList,
  modelReady,
} from "../../../engine/kserve/server/server-messages.ts";
import { wantedPicture } from "../../../engine/kserve/server/wanted-picture.ts";
import {
  allOf,
  binaryBody,
  element,
  jsonBody,
  jsonOf,
  nestedPixels,
  NOTEBOOK_REQUEST,
  somePixels,
  utf8,
} from "./bodies.ts";

/**
 * What engine/PROTOCOLS.md says about messages. What needs a socket is tested with the routes
 * (serving/routes/conformance.test.ts).
 */
const PIXELS = somePixels(4, 2);
const PROMPT = { name: "prompt", shape: [1], datatype: "BYTES", data: ["a cat"] };

interface Answer {
  readonly status: number;
  readonly json: Record<string, unknown>;
  readonly message?: EncodedMessage;
  readonly prompts: readonly string[];
}

/** A server's answer to a request; instead of drawing, it always uses the same pixels. */
function infer(body: MessageBody, version?: string): Answer {
  try {
    const request = readInferRequest(body);
    const { prompts } = pictureRequest(request);
    const head = { modelName: "m", id: request.id, seeds: ["7"], device: "cpu", seconds: 1 };
    const versioned = version === undefined ? head : { ...head, modelVersion: version };
    const drawn = { width: 4, height: 2, pictures: prompts.map(() => PIXELS) };
    const message = pictureReply(versioned, drawn, wantedPicture(request));
    return { status: 200, json: jsonOf(message), message, prompts };
  } catch (error) {
    const { status, body } = errorReply(error);
    return { status, json: body, prompts: [] };
  }
}

const inferJson = (message: unknown, version?: string): Answer => infer(jsonBody(message), version);
const REFUSED = { status: 400, json: { error: expect.any(String) } };

describe("1: an unknown model or version", () => {
  test("is 404 with one sentence under error", () => {
    expect(errorReply(new StudioError("NOT_FOUND", { what: "model", id: "x" }))).toMatchObject({
      status: 404,
      body: { error: expect.stringMatching(/^There is no model called x\./) },
    });
  });
});

describe("2: infer", () => {
  test("the id is returned", () => {
    expect(inferJson(NOTEBOOK_REQUEST).json["id"]).toBe("42");
  });

  test("the id is a string if the request has none", () => {
    expect(inferJson({ inputs: [PROMPT] }).json["id"]).toBe("");
  });

  test("model_name is always there", () => {
    expect(inferJson(NOTEBOOK_REQUEST).json["model_name"]).toBe("m");
  });

  test("model_version is there if the model has one", () => {
    expect(inferJson(NOTEBOOK_REQUEST, "1.0").json["model_version"]).toBe("1.0");
    expect(inferJson(NOTEBOOK_REQUEST).json).not.toHaveProperty("model_version");
  });

  test("outputs name the output", () => {
    expect(inferJson({ inputs: [PROMPT], outputs: [{ name: "image" }] }).status).toBe(200);
  });

  test("an unknown output is refused", () => {
    expect(inferJson({ inputs: [PROMPT], outputs: [{ name: "mask" }] })).toMatchObject(REFUSED);
  });

  test("an output named twice is refused", () => {
    const outputs = [{ name: "image" }, { name: "image" }];
    expect(inferJson({ inputs: [PROMPT], outputs })).toMatchObject(REFUSED);
  });
});

describe("3: a prompt as BYTES", () => {
  test("is text in JSON", () => {
    expect(inferJson({ inputs: [{ ...PROMPT, data: ["a 🐈"] }] }).prompts).toEqual(["a 🐈"]);
  });

  test("is base64 in JSON if the tensor says so", () => {
    const input = { ...PROMPT, parameters: { content_type: "base64" }, data: [btoa("a cat")] };
    expect(inferJson({ inputs: [input] }).prompts).toEqual(["a cat"]);
  });

  test("is binary", () => {
    const input = {
      name: "prompt",
      shape: [1],
      datatype: "BYTES",
      parameters: { binary_data_size: 9 },
    };
    expect(infer(binaryBody({ inputs: [input] }, element("a cat"))).prompts).toEqual(["a cat"]);
  });

  test("survives with NUL and invalid UTF-8, but is not a prompt then", () => {
    const bytes = element(Uint8Array.of(0, 0xff));
    const input = {
      name: "prompt",
      shape: [1],
      datatype: "BYTES",
      parameters: { binary_data_size: 6 },
    };
    const body = binaryBody({ inputs: [input] }, bytes);
    expect(readInferRequest(body).inputs[0]!.values).toEqual([Uint8Array.of(0, 0xff)]);
    expect(infer(body)).toMatchObject(REFUSED);
  });
});

describe("4: shapes", () => {
  test.each([
    [[1], ["a cat"]],
    [[1, 1], ["a cat"]],
    [[1, 1], [["a cat"]]],
    [[-1], ["a cat"]],
    [-1, ["a cat"]],
    [-1, "a cat"],
    [undefined, ["a cat"]],
    [undefined, "a cat"],
    [[], ["a cat"]],
  ])("%j around %j is one prompt", (shape, data) => {
    expect(inferJson({ inputs: [{ ...PROMPT, shape, data }] }).prompts).toEqual(["a cat"]);
  });

  test.each([[[2]], [[0]], [[1, 2]], [[-2]], [[1.5]], ["[1]"]])(
    "%j around one prompt is refused",
    (shape) => {
      expect(inferJson({ inputs: [{ ...PROMPT, shape }] })).toMatchObject(REFUSED);
    },
  );
});

describe("5: the picture", () => {
  const output = (parameters: object): Answer =>
    inferJson({ inputs: [PROMPT], outputs: [{ name: "image", parameters }] });
  const tensor = (answer: Answer): unknown => (answer.json["outputs"] as unknown[])[0];
  const bytes = ({ message }: Answer): Uint8Array => allOf(message!).slice(jsonSize(message!));

  test("is nested bytes as JSON", () => {
    expect(tensor(output({}))).toEqual({
      name: "image",
      shape: [2, 4, 3],
      datatype: "UINT8",
      data: nestedPixels(PIXELS, 4),
    });
  });

  test("is flat bytes as JSON", () => {
    expect(tensor(output({ flat: true }))).toMatchObject({ shape: [2, 4, 3], data: [...PIXELS] });
  });

  test("is binary bytes", () => {
    expect(bytes(output({ binary_data: true }))).toEqual(PIXELS);
  });

  test("is FP32 from 0 to 1", () => {
    const floats = Float32Array.from(PIXELS, (byte) => byte / 255);
    expect(new Float32Array(bytes(output({ binary_data: true, datatype: "FP32" })).buffer)).toEqual(
      floats,
    );
  });

  test("is FP16 as a binary tensor", () => {
    const halves = new Float16Array(Float32Array.from(PIXELS, (byte) => byte / 255));
    expect(new Float16Array(bytes(output({ binary_data: true, datatype: "FP16" })).buffer)).toEqual(
      halves,
    );
  });

  test("is not FP16 as JSON", () => {
    expect(output({ datatype: "FP16" })).toMatchObject(REFUSED);
  });

  test("is nested bytes called fp16 in the notebook profile", () => {
    expect(jsonOf(notebookReply({ width: 4, height: 2, pictures: [PIXELS] }))).toEqual({
      id: "42",
      outputs: [
        { name: "output0", datatype: "fp16", shape: [2, 4, 3], data: nestedPixels(PIXELS, 4) },
      ],
    });
  });
});

function jsonSize(message: EncodedMessage): number {
  return Number(message.headers["inference-header-content-length"]);
}

describe("6: binary tensors", () => {
  const input = {
    name: "prompt",
    shape: [1],
    datatype: "BYTES",
    parameters: { binary_data_size: 9 },
  };
  const isBinary = (answer: Answer): boolean => jsonSize(answer.message!) > 0;

  test("binary_data_output requests all outputs", () => {
    expect(
      isBinary(inferJson({ inputs: [PROMPT], parameters: { binary_data_output: true } })),
    ).toBe(true);
  });

  test("binary_data of an output takes precedence", () => {
    const parameters = { binary_data_output: true };
    const outputs = [{ name: "image", parameters: { binary_data: false } }];
    expect(isBinary(inferJson({ inputs: [PROMPT], parameters, outputs }))).toBe(false);
  });

  test("JSON inputs may be mixed with binary ones", () => {
    const seed = { name: "seed", shape: [1], datatype: "INT64", data: [7] };
    const width = { name: "width", datatype: "INT32", parameters: { binary_data_size: 4 } };
    const request = readInferRequest(
      binaryBody({ inputs: [input, seed, width] }, element("a cat"), Uint8Array.of(0, 2, 0, 0)),
    );
    expect(pictureRequest(request)).toMatchObject({ prompts: ["a cat"], seeds: ["7"], width: 512 });
  });

  test.each(["-1", "1000", "many"])("a header length of %s is refused", (headerLength) => {
    const { bytes } = binaryBody({ inputs: [input] }, element("a cat"));
    expect(infer({ bytes, headerLength })).toMatchObject(REFUSED);
  });

  test("a header length of 0 is a raw prompt, and the reply is binary", () => {
    const answer = infer({ bytes: utf8("a cat"), headerLength: "0" });
    expect([answer.prompts, isBinary(answer)]).toEqual([["a cat"], true]);
  });

  test.each([
    ["short", element("a ca")],
    ["surplus", element("a cat!")],
  ])("%s bytes are refused", (_, bytes) => {
    expect(infer(binaryBody({ inputs: [input] }, bytes))).toMatchObject(REFUSED);
  });
});

describe("8: limits", () => {
  test.each([17, 101, 250_000])("JSON of depth %i is refused", (depth) => {
    const nested = "[".repeat(depth - 3) + "]".repeat(depth - 3);
    const body = `{"inputs":[{"name":"prompt","datatype":"BYTES","data":${nested}}]}`;
    expect(infer(jsonBody(body))).toMatchObject(REFUSED);
  });
});

describe("9: a refusal", () => {
  test("is {error} with any status", () => {
    const busy = errorReply(
      new StudioError("DEVICE_UNAVAILABLE", { device: "cpu", reason: "busy" }),
    );
    expect([busy.status, Object.keys(busy.body)]).toEqual([503, ["error"]]);
  });
});

describe("11: protocol v1", () => {
  test("lists", () => {
    expect(modelList(["m"])).toEqual({ models: ["m"] });
  });

  test("is ready or not", () => {
    expect(modelReady("m", false)).toEqual({ name: "m", ready: false });
  });

  test.each(["instances", "inputs"])("predicts from %s", (key) => {
    const { pictures } = readPredictRequest(
      utf8(JSON.stringify({ [key]: ["a cat", { prompt: "a dog" }] })),
    );
    expect(pictures.flatMap(({ prompts }) => prompts)).toEqual(["a cat", "a dog"]);
  });

  test("returns predictions", () => {
    const drawn = { width: 4, height: 2, pictures: [PIXELS] };
    expect(jsonOf(predictReply([drawn], "raw"))).toEqual({
      predictions: [nestedPixels(PIXELS, 4)],
    });
  });
});
