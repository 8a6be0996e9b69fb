import { describe, expect, test } from "vitest";
import { readInferRequest } from "../../../../engine/kserve/server/infer-request.ts";
import {
  type WantedPicture,
  wantedPicture,
} from "../../../../engine/kserve/server/wanted-picture.ts";
import { jsonBody, sentenceOf } from "../bodies.ts";

function wanted(output?: object, parameters?: object): WantedPicture {
  const outputs = output === undefined ? undefined : [{ name: "image", ...output }];
  return wantedPicture(readInferRequest(jsonBody({ inputs: [], outputs, parameters })));
}

const NESTED = { format: "raw", datatype: "UINT8", isFlat: false, isBinary: false };

test("the default is nested bytes as JSON", () => {
  expect([wanted(), wanted({}), wantedPicture({ outputs: [], parameters: new Map() })]).toEqual([
    NESTED,
    NESTED,
    NESTED,
  ]);
});

test.each<[object, object]>([
  [{ flat: true }, { ...NESTED, isFlat: true }],
  [{ datatype: "FP32" }, { ...NESTED, datatype: "FP32" }],
  [
    { datatype: "fp16", binary_data: true },
    { ...NESTED, datatype: "FP16", isBinary: true },
  ],
  [{ format: "png" }, { format: "png", isBinary: false }],
  [
    { format: "JPEG", binary_data: true },
    { format: "jpeg", isBinary: true },
  ],
  [
    { format: "webp", datatype: "UINT8", flat: true },
    { format: "webp", isBinary: false },
  ],
])("an output of %j", (parameters, expected) => {
  expect(wanted({ parameters })).toEqual(expected);
});

describe("the output's binary_data takes precedence over the request's binary_data_output", () => {
  test.each([
    [undefined, undefined, false],
    [undefined, true, true],
    [undefined, false, false],
    [true, undefined, true],
    [true, false, true],
    [false, true, false],
    [false, undefined, false],
  ])("%s over %s", (own, all, isBinary) => {
    const output = { parameters: { binary_data: own } };
    // A client that says false expects Triton's form, in which JSON is flat.
    const isFlat = (own ?? all) === false;
    expect(wanted(output, { binary_data_output: all })).toEqual({ ...NESTED, isBinary, isFlat });
  });

  test("without any output the request decides", () => {
    expect(wanted(undefined, { binary_data_output: true })).toEqual({ ...NESTED, isBinary: true });
  });
});

test.each<[string, object, object, string]>([
  [
    "another output",
    { name: "output0" },
    {},
    'An output\'s name cannot be "output0": the only output is image.',
  ],
  [
    "halves in JSON",
    { parameters: { datatype: "FP16" } },
    {},
    "outputs[0].parameters.datatype cannot be FP16: JSON has no halves: ask for binary_data, or for FP32.",
  ],
  [
    "a datatype of files",
    { parameters: { format: "png", datatype: "FP32" } },
    {},
    "outputs[0].parameters.datatype cannot be FP32: png is a file; only raw has numbers.",
  ],
  [
    "a format nobody knows",
    { parameters: { format: "gif" } },
    {},
    'outputs[0].parameters.format cannot be "gif": it is one of raw, png, jpeg, webp.',
  ],
  [
    "a datatype pictures have not",
    { parameters: { datatype: "INT64" } },
    {},
    'outputs[0].parameters.datatype cannot be "INT64": it is one of UINT8, FP16, FP32.',
  ],
  [
    "a number for yes",
    { parameters: { binary_data: 1 } },
    {},
    "outputs[0].parameters.binary_data cannot be 1: it must be true or false.",
  ],
  [
    "a word for yes",
    {},
    { binary_data_output: "yes" },
    'parameters.binary_data_output cannot be "yes": it must be true or false.',
  ],
])("refuses %s", (_, output, parameters, sentence) => {
  expect(sentenceOf(() => wanted(output, parameters))).toBe(sentence);
});
