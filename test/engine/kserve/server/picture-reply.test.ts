import { describe, expect, test } from "vitest";
import {
  notebookReply,
  pictureReply,
  type ReplyHead,
} from "../../../../engine/kserve/server/picture-reply.ts";
import type { WantedPicture } from "../../../../engine/kserve/server/wanted-picture.ts";
import { allOf, arrived, element, jsonOf, nestedPixels, somePixels, utf8 } from "../bodies.ts";

const HEAD: ReplyHead = {
  modelName: "stable-diffusion",
  id: "42",
  seeds: ["7"],
  device: "cpu",
  seconds: 1.5,
};
const [FIRST, SECOND] = [somePixels(4, 2), somePixels(4, 2, 99)];
const ONE = { width: 4, height: 2, pictures: [FIRST] };
const TWO = { width: 4, height: 2, pictures: [FIRST, SECOND] };
const RAW = { format: "raw", datatype: "UINT8", isFlat: false, isBinary: false } as const;

const WHOLE = {
  model_name: "stable-diffusion",
  id: "42",
  parameters: { seed: "7", device: "cpu", seconds: 1.5 },
};
test("the precision is reported if it is known", () => {
  const reply = jsonOf(pictureReply({ ...HEAD, precision: "int8" }, ONE, RAW));
  const { parameters } = WHOLE;
  expect(reply).toMatchObject({ parameters: { ...parameters, precision: "int8" } });
});

const replied = (drawn: typeof TWO, wanted: WantedPicture) => pictureReply(HEAD, drawn, wanted);

/** The bytes after the JSON. */
function binaryOf(drawn: typeof TWO, wanted: WantedPicture): Uint8Array<ArrayBuffer> {
  const { bytes, headerLength } = arrived(replied(drawn, wanted));
  return new Uint8Array(bytes.subarray(Number(headerLength)));
}

describe("pixels as JSON", () => {
  test("of one picture are nested rows of pixels", () => {
    const message = replied(ONE, RAW);
    expect(jsonOf(message)).toEqual({
      ...WHOLE,
      outputs: [
        { name: "image", shape: [2, 4, 3], datatype: "UINT8", data: nestedPixels(FIRST, 4) },
      ],
    });
    expect(message.headers).toEqual({ "content-type": "application/json" });
  });

  test("of two pictures have a batch around them", () => {
    expect(jsonOf(replied(TWO, RAW))["outputs"]).toEqual([
      {
        name: "image",
        shape: [2, 2, 4, 3],
        datatype: "UINT8",
        data: [nestedPixels(FIRST, 4), nestedPixels(SECOND, 4)],
      },
    ]);
  });

  test("are one list on request", () => {
    expect(jsonOf(replied(TWO, { ...RAW, isFlat: true }))["outputs"]).toEqual([
      { name: "image", shape: [2, 2, 4, 3], datatype: "UINT8", data: [...FIRST, ...SECOND] },
    ]);
    expect(jsonOf(replied(ONE, { ...RAW, isFlat: true }))["outputs"]).toEqual([
      { name: "image", shape: [2, 4, 3], datatype: "UINT8", data: [...FIRST] },
    ]);
  });

  test("are shares of 1 as FP32", () => {
    const [output] = jsonOf(replied(ONE, { ...RAW, datatype: "FP32", isFlat: true }))[
      "outputs"
    ] as [{ datatype: string; data: number[] }];
    expect(output.datatype).toBe("FP32");
    expect(Float32Array.from(output.data)).toEqual(Float32Array.from(FIRST, (byte) => byte / 255));
  });
});

describe("pixels as a binary tensor", () => {
  const binary = { ...RAW, isBinary: true } as const;

  test("follow the JSON that gives their size", () => {
    const message = replied(TWO, binary);
    expect(jsonOf(message)).toEqual({
      ...WHOLE,
      outputs: [
        {
          name: "image",
          shape: [2, 2, 4, 3],
          datatype: "UINT8",
          parameters: { binary_data_size: 48 },
        },
      ],
    });
    expect(message.headers).toEqual({
      "content-type": "application/octet-stream",
      "inference-header-content-length": String(message.sizeBytes - 48),
    });
    expect(binaryOf(TWO, binary)).toEqual(Uint8Array.of(...FIRST, ...SECOND));
  });

  test("are little-endian floats", () => {
    const floats = Float32Array.from([...FIRST, ...SECOND], (byte) => byte / 255);
    expect(new Float32Array(binaryOf(TWO, { ...binary, datatype: "FP32" }).buffer)).toEqual(floats);
    expect(new Float16Array(binaryOf(TWO, { ...binary, datatype: "FP16" }).buffer)).toEqual(
      new Float16Array(floats),
    );
  });
});

describe("files", () => {
  const files = { ...TWO, pictures: [utf8("first"), utf8("second")] };

  test("are base64 in JSON, and say so", () => {
    expect(jsonOf(replied(files, { format: "png", isBinary: false }))["outputs"]).toEqual([
      {
        name: "image",
        shape: [2],
        datatype: "BYTES",
        parameters: { format: "png", content_type: "base64" },
        data: [btoa("first"), btoa("second")],
      },
    ]);
  });

  test("are their own bytes in a binary tensor, each after its length", () => {
    const wanted = { format: "webp", isBinary: true } as const;
    expect(jsonOf(replied(files, wanted))["outputs"]).toEqual([
      {
        name: "image",
        shape: [2],
        datatype: "BYTES",
        parameters: { format: "webp", binary_data_size: 19 },
      },
    ]);
    expect(binaryOf(files, wanted)).toEqual(
      Uint8Array.of(...element("first"), ...element("second")),
    );
  });
});

test("a reply names the version if there is one, and every seed", () => {
  const head = {
    ...HEAD,
    modelVersion: "1.0",
    id: 'a "quoted" id',
    seeds: ["7", "18446744073709551615"],
  };
  expect(jsonOf(pictureReply(head, TWO, RAW))).toMatchObject({
    model_version: "1.0",
    id: 'a "quoted" id',
    parameters: { seed: "7,18446744073709551615" },
  });
});

test("the notebook profile is exactly its handler's reply", () => {
  const text = Buffer.from(allOf(notebookReply(ONE))).toString();
  expect(JSON.parse(text)).toEqual({
    id: "42",
    outputs: [
      { name: "output0", datatype: "fp16", shape: [2, 4, 3], data: nestedPixels(FIRST, 4) },
    ],
  });
  expect(text).not.toContain(" ");
});
