import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeRequest } from "../../../../engine/kserve/client/request.ts";
import {
  type InferRequest,
  readInferRequest,
} from "../../../../engine/kserve/server/infer-request.ts";
import {
  anyText,
  arrived,
  binaryBody,
  element,
  jsonBody,
  processorMs,
  refusalOf,
  NOTEBOOK_REQUEST,
  sentenceOf,
  utf8,
} from "../bodies.ts";

const BYTES = { name: "x", datatype: "BYTES", data: ["a"] };

test("reads the request of the KServe example's notebook", () => {
  expect(readInferRequest(jsonBody(NOTEBOOK_REQUEST))).toEqual({
    id: "42",
    parameters: new Map(),
    inputs: [
      {
        name: "input0",
        datatype: "BYTES",
        shape: [1],
        parameters: new Map(),
        values: [utf8("Photo of a dog")],
      },
    ],
    outputs: [],
  });
});

test.each([
  [
    "pytorch/serve's examples/diffusers/sample_v2.json",
    { id: "d3b15cad", inputs: [{ name: "BYTES", shape: -1, datatype: "BYTES", data: ["a dog"] }] },
  ],
  [
    "pytorch/serve's bert_bytes_v2.json",
    { id: "d3b15cad", inputs: [{ name: "BYTES", shape: [-1], datatype: "BYTES", data: "a dog" }] },
  ],
])("reads the shape of %s", (_, message) => {
  expect(readInferRequest(jsonBody(message)).inputs[0]).toMatchObject({
    shape: [1],
    values: [utf8("a dog")],
  });
});

test("reads parameters and requested outputs; null and unknown ones are skipped", () => {
  const message = {
    id: null,
    model_name: "stable-diffusion",
    parameters: { seed: 7, guidance_scale: 7.5, tiled: true, note: "x", nothing: null },
    inputs: [{ ...BYTES, parameters: null, colour: [1, "two"] }],
    outputs: [{ name: "image", parameters: { binary_data: true } }, { name: "second" }],
  };
  expect(readInferRequest(jsonBody(message))).toMatchObject({
    id: "",
    parameters: new Map<string, unknown>([
      ["seed", 7],
      ["guidance_scale", 7.5],
      ["tiled", true],
      ["note", "x"],
    ]),
    outputs: [
      { name: "image", parameters: new Map([["binary_data", true]]) },
      { name: "second", parameters: new Map() },
    ],
  });
});

test("a numeric id is kept as its digits, and 64-bit parameters keep theirs", () => {
  const body = jsonBody(
    '{"id":18446744073709551615,"parameters":{"seed":18446744073709551615},"inputs":[]}',
  );
  const { id, parameters } = readInferRequest(body);
  expect([id, parameters.get("seed")]).toEqual(["18446744073709551615", 18446744073709551615n]);
});

test("names that JavaScript's objects have are treated like any other", () => {
  const body = jsonBody('{"parameters":{"__proto__":1,"constructor":"x"},"inputs":[]}');
  expect([...readInferRequest(body).parameters]).toEqual([
    ["__proto__", 1],
    ["constructor", "x"],
  ]);
});

describe("a request is refused for", () => {
  const many = (count: number, entry: (i: number) => unknown): unknown[] =>
    Array.from({ length: count }, (_, i) => entry(i));
  test.each<[string, unknown, string]>([
    ["not being an object", [1], "The body cannot be an array: it must be an object."],
    ["inputs that are no list", { inputs: {} }, "inputs cannot be an object: it must be an array."],
    [
      "an input that is no object",
      { inputs: ["a dog"] },
      'inputs[0] cannot be "a dog": it must be an object.',
    ],
    [
      "an input without a name",
      { inputs: [{ ...BYTES, name: undefined }] },
      "inputs[0].name cannot be absent: it must be a string.",
    ],
    [
      "an input with an empty name",
      { inputs: [{ ...BYTES, name: "" }] },
      "inputs[0].name cannot be empty: it is a name.",
    ],
    [
      "a name of 257 characters",
      { inputs: [{ ...BYTES, name: "x".repeat(257) }] },
      "inputs[0].name cannot be 257 characters long: the limit is 256.",
    ],
    [
      "a name with a NUL",
      { inputs: [{ ...BYTES, name: "a\0b" }] },
      'inputs[0].name cannot be "a\\u0000b": it holds a NUL.',
    ],
    [
      "an id with a lone surrogate",
      '{"id":"\\udc00","inputs":[]}',
      'id cannot be "\\udc00": it holds a lone surrogate.',
    ],
    [
      "an id that is a list",
      { id: [1], inputs: [] },
      "id cannot be an array: it must be a string.",
    ],
    [
      "two inputs of one name",
      { inputs: [BYTES, BYTES] },
      'inputs[1].name cannot be "x": another one has that name.',
    ],
    [
      "two outputs of one name",
      { inputs: [BYTES], outputs: [{ name: "image" }, { name: "image" }] },
      'outputs[1].name cannot be "image": another one has that name.',
    ],
    [
      "65 inputs",
      { inputs: many(65, (i) => ({ ...BYTES, name: `x${i}` })) },
      "inputs cannot be of 65 entries: the limit is 64.",
    ],
    [
      "65 outputs",
      { inputs: [BYTES], outputs: many(65, (i) => ({ name: `x${i}` })) },
      "outputs cannot be of 65 entries: the limit is 64.",
    ],
    [
      "65 parameters",
      {
        inputs: [],
        parameters: Object.fromEntries(many(65, (i) => [`p${i}`, i]) as [string, number][]),
      },
      "parameters cannot be of 65 entries: the limit is 64.",
    ],
    [
      "a parameter that is a list",
      { inputs: [], parameters: { seed: [1] } },
      "parameters.seed cannot be an array: a parameter is a string, a number, true or false.",
    ],
    [
      "a parameter of 40,001 characters",
      { inputs: [], parameters: { note: "x".repeat(40_001) } },
      "parameters.note cannot be 40001 characters long: the limit is 40000.",
    ],
    [
      "a member that is there twice",
      '{"inputs":[],"inputs":[]}',
      'The body cannot be read: the key "inputs" is there twice.',
    ],
    [
      "two bodies",
      '{"inputs":[]}{"inputs":[]}',
      "The body cannot be read: 13 bytes are left behind its last tensor.",
    ],
    ["an empty body", "", "The body cannot be read: it is empty."],
  ])("%s", (_, message, sentence) => {
    expect(sentenceOf(() => readInferRequest(jsonBody(message)))).toBe(sentence);
  });
});

describe("the header that says how long the JSON is", () => {
  const message = {
    inputs: [{ name: "x", datatype: "BYTES", parameters: { binary_data_size: 9 } }],
  };
  const body = binaryBody(message, element("a dog"));
  const json = Number(body.headerLength);

  test.each<[string, string, string]>([
    [
      "is negative",
      "-1",
      'Inference-Header-Content-Length cannot be "-1": it is a number of bytes.',
    ],
    [
      "is no number",
      "ten",
      'Inference-Header-Content-Length cannot be "ten": it is a number of bytes.',
    ],
    ["is empty", "", 'Inference-Header-Content-Length cannot be "": it is a number of bytes.'],
    [
      "is beyond the body",
      String(json + 10),
      `Inference-Header-Content-Length cannot be ${json + 10}: the body has ${json + 9} bytes.`,
    ],
    [
      "is beyond all numbers",
      "9".repeat(30),
      `Inference-Header-Content-Length cannot be "${"9".repeat(30)}": it is a number of bytes.`,
    ],
    ["is too short", String(json - 1), "The body cannot be read: it ends too early."],
    [
      "is too long",
      String(json + 2),
      `The body cannot be read: the JSON ends at byte ${json} of ${json + 2}.`,
    ],
  ])("%s", (_, headerLength, sentence) => {
    expect(sentenceOf(() => readInferRequest({ bytes: body.bytes, headerLength }))).toBe(sentence);
  });

  test("is lost on the way: binary tensors start where the JSON ends", () => {
    expect(readInferRequest({ bytes: body.bytes })).toEqual(readInferRequest(body));
  });

  test("includes the line break after the JSON", () => {
    const bytes = utf8('{"inputs":[]}\n');
    expect(readInferRequest({ bytes, headerLength: "14" })).toEqual(readInferRequest({ bytes }));
  });

  test.each([
    ["a text", utf8("a dog")],
    ["a text behind its length", element("a dog")],
  ])("is 0: the body is %s", (_, bytes) => {
    expect(readInferRequest({ bytes, headerLength: "0" })).toEqual({
      id: "",
      parameters: new Map([["binary_data_output", true]]),
      inputs: [
        {
          name: "prompt",
          datatype: "BYTES",
          shape: [1],
          parameters: new Map(),
          values: [utf8("a dog")],
        },
      ],
      outputs: [],
    });
  });
});

test("JSON and binary tensors may be mixed", () => {
  const message = {
    inputs: [
      { name: "a", datatype: "INT32", parameters: { binary_data_size: 4 } },
      { name: "b", datatype: "INT32", data: [2] },
      { name: "c", datatype: "INT32", parameters: { binary_data_size: 4 } },
    ],
  };
  const body = binaryBody(message, Uint8Array.of(1, 0, 0, 0), Uint8Array.of(3, 0, 0, 0));
  expect(readInferRequest(body).inputs.map(({ values }) => [...(values as Int32Array)])).toEqual([
    [1],
    [2],
    [3],
  ]);
});

test("a request is read back as it was written", () => {
  const text = anyText
    .filter((text) => text !== "")
    .map((text) => text.toWellFormed().replaceAll("\0", "0"));
  const parameter = fc.oneof(
    text,
    fc.boolean(),
    fc.integer(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value)),
  );
  const parameters = fc
    .array(fc.tuple(text, parameter), { maxLength: 4 })
    .map((entries) => new Map(entries));
  const outputs = fc.uniqueArray(fc.record({ name: text, parameters }), {
    maxLength: 3,
    selector: ({ name }) => name,
  });
  fc.assert(
    fc.property(fc.option(text, { nil: "" }), parameters, outputs, (id, parameters, outputs) => {
      const request: InferRequest = { id, parameters, inputs: [], outputs };
      expect(readInferRequest(arrived(encodeRequest(request, false)))).toEqual(request);
    }),
    { numRuns: 100 },
  );
});

/** Requests of all kinds, then broken: one of their words replaced, bytes changed, removed or doubled. */
const WORDS = [
  "-1",
  "null",
  "[]",
  "{}",
  '"\\ud800"',
  "1e999",
  '"BYTES"',
  "NaN",
  "99999999999999999999",
  "[[1],[2,3]]",
  '"\\u0000"',
  "true",
  "0.5",
  '""',
];
const fuzz = fc.record({
  body: fc.constantFrom(
    jsonBody(NOTEBOOK_REQUEST),
    jsonBody({
      id: "1",
      parameters: { seed: 1 },
      inputs: [
        BYTES,
        {
          name: "y",
          shape: [2, 2],
          datatype: "FP32",
          data: [
            [1, 2],
            [3, 4],
          ],
        },
      ],
      outputs: [{ name: "image" }],
    }),
    binaryBody(
      {
        inputs: [{ name: "x", shape: [1], datatype: "BYTES", parameters: { binary_data_size: 9 } }],
      },
      element("a dog"),
    ),
  ),
  at: fc.nat(),
  word: fc.constantFrom(...WORDS),
  bytes: fc.uint8Array({ maxLength: 4 }),
  cut: fc.nat({ max: 8 }),
  header: fc.constantFrom(undefined, undefined, "0", "5", "-3", "100000", "x"),
  kind: fc.constantFrom("word", "bytes", "cut", "header", "noise"),
});

test("10,000 malformed requests: each is read or refused by name, and none takes long", () => {
  let refused = 0;
  const all = (): void =>
    fc.assert(
      fc.property(fuzz, ({ body, at, word, bytes, cut, header, kind }) => {
        const text = Buffer.from(body.bytes).toString("latin1");
        const place = at % text.length;
        const replaced = {
          word: text.slice(0, place) + text.slice(place).replace(/"[^"]*"|-?\d+/, word),
          bytes:
            text.slice(0, place) + Buffer.from(bytes).toString("latin1") + text.slice(place + cut),
          cut: text.slice(0, place),
          header: text,
          noise: Buffer.from(bytes).toString("latin1"),
        }[kind];
        const broken = {
          bytes: new Uint8Array(Buffer.from(replaced, "latin1")),
          headerLength: kind === "header" ? header : body.headerLength,
        };
        const refusal = refusalOf(() => readInferRequest(broken));
        if (refusal === undefined) return;
        refused++;
        expect(refusal).toMatch(
          /^REQUEST_INVALID: .+ cannot be .+: .+\. Change the value and try again\.$/s,
        );
      }),
      { numRuns: 10_000 },
    );
  expect(processorMs(all)).toBeLessThan(10_000);
  expect(refused).toBeGreaterThan(5000);
  expect(readInferRequest(jsonBody(NOTEBOOK_REQUEST)).id).toBe("42");
});
