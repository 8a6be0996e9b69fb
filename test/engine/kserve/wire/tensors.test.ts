import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ELEMENT_BYTES, type Datatype } from "../../../../engine/kserve/wire/datatypes.ts";
import { encodeRequest } from "../../../../engine/kserve/client/request.ts";
import {
  type InferRequest,
  readInferRequest,
} from "../../../../engine/kserve/server/infer-request.ts";
import type { TensorValues, WireTensor } from "../../../../engine/kserve/wire/wire-tensor.ts";
import { anyText, arrived, binaryBody, element, jsonBody, sentenceOf, utf8 } from "../bodies.ts";

const DATATYPES = Object.keys(ELEMENT_BYTES) as Datatype[];

const half = fc.integer({ min: 0, max: 0xffff }).map((bits) => {
  return new Float32Array(new Float16Array(Uint16Array.of(bits).buffer))[0]!;
});
/** NaN has many bit patterns, of which only one comes back. */
const isNumber = (value: number): boolean => !Number.isNaN(value);
const brainHalf = fc.integer({ min: 0, max: 0xffff }).map((bits) => {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!;
});
const values: Record<Datatype, fc.Arbitrary<TensorValues>> = {
  BOOL: fc.uint8Array({ max: 1 }),
  UINT8: fc.uint8Array(),
  UINT16: fc.uint16Array(),
  UINT32: fc.uint32Array(),
  UINT64: fc.bigUint64Array(),
  INT8: fc.int8Array(),
  INT16: fc.int16Array(),
  INT32: fc.int32Array(),
  INT64: fc.bigInt64Array(),
  FP16: fc.array(half.filter(isNumber)).map((numbers) => Float32Array.from(numbers)),
  BF16: fc.array(brainHalf.filter(isNumber)).map((numbers) => Float32Array.from(numbers)),
  FP32: fc.float32Array(),
  FP64: fc.float64Array(),
  BYTES: fc.array(fc.uint8Array({ maxLength: 20 })),
};

/** A shape for these elements: rows, if they divide evenly. */
const shaped = (values: TensorValues, columns: number): number[] =>
  values.length > 0 && values.length % columns === 0
    ? [values.length / columns, columns]
    : [values.length];

const tensor = fc.constantFrom(...DATATYPES).chain((datatype) =>
  fc
    .tuple(values[datatype], fc.integer({ min: 1, max: 3 }))
    .map(([values, columns]): WireTensor => ({
      name: "x",
      datatype,
      shape: shaped(values, columns),
      parameters: new Map(),
      values,
    })),
);

const isFinite = ({ values }: WireTensor): boolean =>
  !(values instanceof Float32Array || values instanceof Float64Array) ||
  values.every(Number.isFinite);

function requestOf(...inputs: readonly WireTensor[]): InferRequest {
  return { id: "", parameters: new Map(), inputs, outputs: [] };
}

/** A tensor's content, in a form that can be compared at once. */
function content({ name, datatype, shape, values }: WireTensor): string {
  const elements = Array.isArray(values) ? (values as Uint8Array[]) : [values as Uint8Array];
  const bytes = elements.map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength).toString("hex"),
  );
  return JSON.stringify([name, datatype, shape, values.constructor.name, bytes]);
}

test("every datatype is read back from a binary tensor, bit for bit", () => {
  fc.assert(
    fc.property(tensor, tensor, (first, second) => {
      const sent = [first, { ...second, name: "y" }];
      const read = readInferRequest(arrived(encodeRequest(requestOf(...sent), true)));
      expect(read.inputs.map(content)).toEqual(sent.map(content));
    }),
    { numRuns: 500 },
  );
});

test("every datatype is read back from JSON, 64-bit numbers with all their digits", () => {
  const asText = tensor.filter(isFinite).map((tensor) => ({
    ...tensor,
    parameters: new Map(tensor.datatype === "BYTES" ? [["content_type", "base64"]] : []),
  }));
  fc.assert(
    fc.property(asText, (sent) => {
      const read = readInferRequest(arrived(encodeRequest(requestOf(sent), false)));
      expect(read.inputs.map(content)).toEqual([content(sent)]);
    }),
    { numRuns: 500 },
  );
});

test("texts are read back from JSON and from binary tensors", () => {
  const texts = fc.array(anyText.map((text) => utf8(text.toWellFormed())));
  fc.assert(
    fc.property(texts, fc.boolean(), (values, isBinary) => {
      const parameters = new Map();
      const sent: WireTensor = {
        name: "x",
        datatype: "BYTES",
        shape: [values.length],
        parameters,
        values,
      };
      const read = readInferRequest(arrived(encodeRequest(requestOf(sent), isBinary)));
      expect(read.inputs.map(content)).toEqual([content(sent)]);
    }),
  );
});

test("tensors are little-endian, and BYTES follow their lengths", () => {
  const tensors: [Datatype, TensorValues, number[]][] = [
    ["BOOL", Uint8Array.of(1, 0), [1, 0]],
    ["UINT16", Uint16Array.of(258), [2, 1]],
    ["INT32", Int32Array.of(-2), [254, 255, 255, 255]],
    ["INT64", BigInt64Array.of(1n), [1, 0, 0, 0, 0, 0, 0, 0]],
    ["FP16", Float32Array.of(1), [0, 0x3c]],
    ["BF16", Float32Array.of(1), [0x80, 0x3f]],
    ["FP32", Float32Array.of(1), [0, 0, 0x80, 0x3f]],
    ["BYTES", [utf8("a dog"), utf8("")], [5, 0, 0, 0, 97, 32, 100, 111, 103, 0, 0, 0, 0]],
  ];
  for (const [datatype, values, bytes] of tensors) {
    const sent = { name: "x", datatype, shape: [values.length], parameters: new Map(), values };
    const { bytes: body, headerLength } = arrived(encodeRequest(requestOf(sent), true));
    expect([datatype, ...body.subarray(Number(headerLength))]).toEqual([datatype, ...bytes]);
  }
});

function read(input: object): WireTensor {
  return readInferRequest(jsonBody({ inputs: [{ name: "x", ...input }] })).inputs[0]!;
}

describe("data may be", () => {
  const six = Int32Array.of(1, 2, 3, 4, 5, 6);
  test.each<[string, object, readonly number[]]>([
    ["flat", { shape: [2, 3], data: [1, 2, 3, 4, 5, 6] }, [2, 3]],
    [
      "nested",
      {
        shape: [2, 3],
        data: [
          [1, 2, 3],
          [4, 5, 6],
        ],
      },
      [2, 3],
    ],
    [
      "nested where the shape is flat",
      {
        shape: [6],
        data: [
          [1, 2, 3],
          [4, 5, 6],
        ],
      },
      [6],
    ],
    [
      "nested where the shape is missing",
      {
        data: [
          [1, 2, 3],
          [4, 5, 6],
        ],
      },
      [2, 3],
    ],
    ["flat where the shape is missing", { data: [1, 2, 3, 4, 5, 6] }, [6]],
    ["flat where the shape is null", { shape: null, data: [1, 2, 3, 4, 5, 6] }, [6]],
    ["flat where the shape is open", { shape: [-1, 3], data: [1, 2, 3, 4, 5, 6] }, [2, 3]],
    ["flat where the shape is -1", { shape: -1, data: [1, 2, 3, 4, 5, 6] }, [6]],
    ["flat where the shape is bare", { shape: 6, data: [1, 2, 3, 4, 5, 6] }, [6]],
  ])("%s", (_, input, shape) => {
    expect(read({ datatype: "INT32", ...input })).toEqual({
      name: "x",
      datatype: "INT32",
      shape,
      parameters: new Map(),
      values: six,
    });
  });

  test.each([
    ["a bare string", "BYTES", "a dog", [utf8("a dog")]],
    ["a bare number", "int32", 30, Int32Array.of(30)],
    ["a bare truth", "Bool", true, Uint8Array.of(1)],
    ["truths as numbers", "BOOL", [0, 1], Uint8Array.of(0, 1)],
    [
      "digits of 64 bits as a string",
      "UINT64",
      "18446744073709551615",
      BigUint64Array.of(2n ** 64n - 1n),
    ],
    ["a whole number for a float", "FP32", 7, Float32Array.of(7)],
    ["a half, which JSON has no word for", "FP16", 7.5, Float32Array.of(7.5)],
    ["nothing", "FP32", [], new Float32Array()],
  ])("%s", (_, datatype, data, values) => {
    expect(read({ datatype, data }).values).toEqual(values);
  });

  test.each([
    ["standard base64", "YSBkb2c=", "a dog"],
    ["base64 without padding", "YSBkb2c", "a dog"],
    ["base64 for addresses", "_-8=", Uint8Array.of(0xff, 0xef)],
    ["base64 in lines", "YSBk\r\nb2c=", "a dog"],
  ])("%s if the tensor says so", (_, data, bytes) => {
    const parameters = { content_type: "base64" };
    const { values } = read({ datatype: "BYTES", parameters, data: [data] });
    expect(values).toEqual([typeof bytes === "string" ? utf8(bytes) : bytes]);
  });
});

describe("a tensor is refused for", () => {
  test.each<[string, object, string]>([
    [
      "a shape the data does not fill",
      { datatype: "INT32", shape: [2], data: [1] },
      "inputs[0].shape cannot be [2]: the data has 1 element.",
    ],
    [
      "a shape that overflows",
      { datatype: "UINT8", shape: [4294967296, 4294967296, 4294967296], data: [1] },
      "inputs[0].shape cannot be [4294967296, 4294967296, 4294967296]: the data has 1 element.",
    ],
    [
      "two open dimensions",
      { datatype: "INT32", shape: [-1, -1], data: [1] },
      "inputs[0].shape cannot be [-1, -1]: the data has 1 element.",
    ],
    [
      "an open dimension that comes out broken",
      { datatype: "INT32", shape: [-1, 2], data: [1, 2, 3] },
      "inputs[0].shape cannot be [-1, 2]: the data has 3 elements.",
    ],
    [
      "a negative dimension",
      { datatype: "INT32", shape: [-2], data: [1] },
      "inputs[0].shape cannot be -2: a dimension is a whole number, or -1.",
    ],
    [
      "a dimension that is no number",
      { datatype: "INT32", shape: ["1"], data: [1] },
      'inputs[0].shape cannot be "1": a dimension is a whole number, or -1.',
    ],
    [
      "nine dimensions",
      { datatype: "INT32", shape: [1, 1, 1, 1, 1, 1, 1, 1, 1], data: [1] },
      "inputs[0].shape cannot be of 9 dimensions: the limit is 8.",
    ],
    [
      "ragged rows",
      { datatype: "INT32", shape: [3], data: [[1, 2], [3]] },
      "inputs[0].data cannot be ragged: arrays of one level have one length.",
    ],
    [
      "an unknown datatype",
      { datatype: "FLOAT", shape: [1], data: [1] },
      'inputs[0].datatype cannot be "FLOAT": a datatype is one of BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP16, BF16, FP32, FP64, BYTES.',
    ],
    [
      "no datatype",
      { shape: [1], data: [1] },
      "inputs[0].datatype cannot be absent: a datatype is one of BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP16, BF16, FP32, FP64, BYTES.",
    ],
    [
      "a number beyond its datatype",
      { datatype: "UINT8", shape: [1], data: [256] },
      "inputs[0].data cannot be 256: that is not of type UINT8.",
    ],
    [
      "a fraction of a whole number",
      { datatype: "INT32", shape: [1], data: [0.5] },
      "inputs[0].data cannot be 0.5: that is not of type INT32.",
    ],
    [
      "a number beyond 64 bits",
      { datatype: "INT64", shape: [1], data: "9223372036854775808" },
      'inputs[0].data cannot be "9223372036854775808": that is not a whole number of 64 bits.',
    ],
    [
      "a word for a number",
      { datatype: "FP32", shape: [1], data: ["7"] },
      'inputs[0].data cannot be "7": that is not a number.',
    ],
    [
      "a number for a text",
      { datatype: "BYTES", shape: [1], data: [7] },
      "inputs[0].data cannot be 7: that is not a string.",
    ],
    [
      "base64 that is none",
      { datatype: "BYTES", parameters: { content_type: "base64" }, data: ["a dog!"] },
      'inputs[0].data cannot be "a dog!": that is not base64 text.',
    ],
    [
      "no data",
      { datatype: "BYTES", shape: [1] },
      "inputs[0].data cannot be absent: a tensor has either data or the parameter binary_data_size.",
    ],
    [
      "data twice",
      { datatype: "BYTES", data: ["a"], parameters: { binary_data_size: 5 } },
      "inputs[0].data cannot be there as well: a tensor has either data or the parameter binary_data_size.",
    ],
  ])("%s", (_, input, sentence) => {
    expect(sentenceOf(() => read(input))).toBe(sentence);
  });

  test("a number that JSON can write but no double can represent", () => {
    const body = jsonBody('{"inputs":[{"name":"x","datatype":"FP32","data":[1e999]}]}');
    expect(sentenceOf(() => readInferRequest(body))).toBe(
      "inputs[0].data cannot be Infinity: that is not a number.",
    );
  });

  test("an unpaired surrogate, which UTF-8 cannot represent", () => {
    const body = jsonBody('{"inputs":[{"name":"x","datatype":"BYTES","data":["a\\ud800"]}]}');
    expect(sentenceOf(() => readInferRequest(body))).toBe(
      'inputs[0].data cannot be "a\\ud800": that is not text without lone surrogates.',
    );
  });
});

describe("a binary tensor is refused for", () => {
  const input = (datatype: string, size: number, shape?: number[]): object => ({
    inputs: [{ name: "x", datatype, shape, parameters: { binary_data_size: size } }],
  });
  test.each<[string, object, Uint8Array, string]>([
    [
      "a size that its datatype does not divide",
      input("FP32", 3),
      new Uint8Array(3),
      "inputs[0] cannot be 3 bytes of FP32: an element has 4.",
    ],
    [
      "a shape its bytes do not fill",
      input("FP32", 4, [2]),
      new Uint8Array(4),
      "inputs[0].shape cannot be [2]: the data has 1 element.",
    ],
    [
      "a BOOL that is neither",
      input("BOOL", 1),
      Uint8Array.of(2),
      "inputs[0] cannot be 2: a BOOL is a byte of 0 or 1.",
    ],
    [
      "an element longer than the tensor",
      input("BYTES", 6),
      Uint8Array.of(3, 0, 0, 0, 1, 2),
      "inputs[0] cannot be 6 bytes of BYTES: element 0 is longer than what is left; each begins with its length in 4 bytes.",
    ],
    [
      "an element of 4 GB",
      input("BYTES", 5),
      Uint8Array.of(255, 255, 255, 255, 1),
      "inputs[0] cannot be 5 bytes of BYTES: element 0 is longer than what is left; each begins with its length in 4 bytes.",
    ],
    [
      "a length that is cut short",
      input("BYTES", 7),
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0),
      "inputs[0] cannot be 7 bytes of BYTES: element 1 is longer than what is left; each begins with its length in 4 bytes.",
    ],
    [
      "a million empty elements",
      input("BYTES", 4_000_000),
      new Uint8Array(4_000_000),
      "inputs[0] cannot be 4000000 bytes of BYTES: it holds more than 10000 elements.",
    ],
    [
      "more bytes than there are",
      input("UINT8", 10),
      new Uint8Array(4),
      "inputs[0].parameters.binary_data_size cannot be 10: the body has 4 more bytes.",
    ],
    [
      "a negative size",
      input("UINT8", -1),
      new Uint8Array(4),
      "inputs[0].parameters.binary_data_size cannot be -1: it is a number of bytes.",
    ],
    [
      "bytes that are left over",
      input("UINT8", 2),
      new Uint8Array(4),
      "The body cannot be read: 2 bytes are left behind its last tensor.",
    ],
  ])("%s", (_, message, bytes, sentence) => {
    expect(sentenceOf(() => readInferRequest(binaryBody(message, bytes)))).toBe(sentence);
  });
});

test("any bytes survive in binary tensors: NUL, and invalid UTF-8", () => {
  const blob = Uint8Array.of(0, 255, 0, 128, 10);
  const bytes = Buffer.concat([element("a\0b"), element(blob)]);
  const message = {
    inputs: [
      { name: "x", datatype: "BYTES", shape: [2], parameters: { binary_data_size: bytes.length } },
    ],
  };
  expect(readInferRequest(binaryBody(message, bytes)).inputs[0]!.values).toEqual([
    utf8("a\0b"),
    blob,
  ]);
});
