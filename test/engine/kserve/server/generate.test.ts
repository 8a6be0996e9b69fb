import { expect, test } from "vitest";
import {
  eventJson,
  readGenerateRequest,
  serverSentEvent,
} from "../../../../engine/kserve/server/generate.ts";
import { pictureRequest } from "../../../../engine/kserve/server/picture-request.ts";
import { wantedPicture } from "../../../../engine/kserve/server/wanted-picture.ts";
import { allOf, jsonBody, NOTEBOOK_REQUEST, sentenceOf } from "../bodies.ts";

const read = (message: unknown) => readGenerateRequest(jsonBody(message).bytes);

test("reads Triton's dialect: a text, parameters, and settings beside them", () => {
  const request = read({
    id: "7",
    text_input: "a cat",
    width: 512,
    parameters: { seed: 1, width: 64 },
  });
  expect(request.id).toBe("7");
  expect(pictureRequest(request)).toEqual({
    prompts: ["a cat"],
    negativePrompts: [""],
    seeds: ["1"],
    width: 512,
    count: 1,
  });
  expect(wantedPicture(request)).toEqual({ format: "png", isBinary: false });
});

test("the last event's picture may be requested in another format", () => {
  const request = read({ text_input: "a cat", parameters: { format: "raw" } });
  expect(wantedPicture(request)).toMatchObject({ format: "raw", datatype: "UINT8" });
});

test("numbers come in the datatype and the nesting that are asked for beside the text", () => {
  const request = read({ text_input: "a cat", datatype: "FP32", parameters: { flat: true } });
  expect(wantedPicture(request)).toEqual({
    format: "raw",
    datatype: "FP32",
    isFlat: true,
    isBinary: false,
  });
});

test("reads MLServer's dialect: the ordinary request", () => {
  const request = read(NOTEBOOK_REQUEST);
  expect(pictureRequest(request).prompts).toEqual(["Photo of a dog"]);
  expect(wantedPicture(request)).toEqual({ format: "png", isBinary: false });
});

test("the ordinary request gets what it requests instead of a PNG", () => {
  const outputs = [{ name: "image", parameters: { flat: true } }];
  expect(wantedPicture(read({ ...NOTEBOOK_REQUEST, outputs }))).toMatchObject({ format: "raw" });
});

test.each<[unknown, string]>([
  [{ text_input: 7 }, "prompt cannot be 7: it must be text."],
  [{}, "prompt cannot be absent: a picture needs one."],
  [
    { text_input: ["a"] },
    "body.prompt cannot be an array: a parameter is a string, a number, true or false.",
  ],
  [
    { text_input: "a", priority: 1 },
    "parameters.priority cannot be used: priorities are not offered; the line is fair to every key.",
  ],
  [
    { text_input: "a", parameters: { sequence_start: true } },
    "parameters.sequence_start cannot be used: sequences are not offered.",
  ],
  [
    { text_input: "a", parameters: { format: "gif" } },
    'outputs[0].parameters.format cannot be "gif": it is one of raw, png, jpeg, webp.',
  ],
])("refuses %j", (message, sentence) => {
  const use = (): void => {
    const request = read(message);
    wantedPicture(request);
    pictureRequest(request);
  };
  expect(sentenceOf(use)).toBe(sentence);
});

test("an event is one line of data and an empty one, even if the text has line breaks", () => {
  const event = serverSentEvent(eventJson({ error: "first\nsecond" }));
  expect(Buffer.from(allOf(event)).toString()).toBe('data: {"error":"first\\nsecond"}\n\n');
  const progress = { id: "7", model_name: "starter", step: 3, of: 30, preview: "iVBOR" };
  expect(Buffer.from(allOf(serverSentEvent(eventJson(progress)))).toString()).toBe(
    'data: {"id":"7","model_name":"starter","step":3,"of":30,"preview":"iVBOR"}\n\n',
  );
});
