import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { predictReply } from "../../../../engine/kserve/server/predict.ts";
import { notebookReply, pictureReply } from "../../../../engine/kserve/server/picture-reply.ts";
import { type Asked, readPictures } from "../../../../engine/kserve/client/read-pictures.ts";
import type { WantedPicture } from "../../../../engine/kserve/server/wanted-picture.ts";
import {
  element,
  nestedPixels,
  processorMs,
  refusalOf,
  replyFrom,
  replyOf,
  sentenceOf,
  somePixels,
  utf8,
} from "../bodies.ts";

// No side is 3 or 4, which could be channels.
const [WIDTH, HEIGHT] = [5, 6];
const PIXELS = somePixels(WIDTH, HEIGHT);
const OTHER = somePixels(WIDTH, HEIGHT, 99);
const NESTED = nestedPixels(PIXELS, WIDTH);
const FLAT = [...PIXELS];
const PICTURE = { kind: "pixels", width: WIDTH, height: HEIGHT, data: PIXELS };
const OTHER_PICTURE = { ...PICTURE, data: OTHER };
const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3);
const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 9);
const WEBP = utf8("RIFF\u0001\u0001\u0001\u0001WEBPVP8 ");
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const file = (format: string, bytes: Uint8Array): object => ({ kind: "file", format, bytes });

/** The pictures of a body. */
function pictures(body: unknown, asked: Asked = {}): unknown {
  return readPictures(replyOf(body), asked).pictures;
}

const reply = (output: object): object => ({ id: "42", outputs: [{ name: "output0", ...output }] });

/** The reply of an endpoint that sends binary tensors. */
function binaryReply(output: object, bytes: Uint8Array, { header = true } = {}) {
  const message = {
    model_name: "m",
    outputs: [{ name: "image", ...output, parameters: { binary_data_size: bytes.length } }],
  };
  const json = utf8(JSON.stringify(message));
  const headers = header ? { "inference-header-content-length": String(json.length) } : {};
  return replyOf(new Uint8Array(Buffer.concat([json, bytes])), { headers });
}
const bytesOf = (array: Float16Array | Float32Array | BigInt64Array) =>
  new Uint8Array(array.buffer);
const shares = Float32Array.from(PIXELS, (byte) => byte / 255);

describe("reads what servers send as JSON numbers:", () => {
  const shape = [HEIGHT, WIDTH, 3];
  test.each<[string, object]>([
    ["the seed: bytes, nested, labelled fp16", { datatype: "fp16", shape, data: NESTED }],
    [
      "KServe before the seed: the label in capitals, and nulls",
      { datatype: "FP16", shape, parameters: null, data: NESTED },
    ],
    ["bytes in one list", { datatype: "UINT8", shape, data: FLAT }],
    ["whole numbers of another type", { datatype: "INT64", shape, data: FLAT }],
    ["no label", { shape, data: NESTED }],
    ["no shape around nested lists", { datatype: "UINT8", data: NESTED }],
    ["one open dimension", { datatype: "UINT8", shape: [-1, WIDTH, 3], data: FLAT }],
    ["a batch of one", { datatype: "UINT8", shape: [1, ...shape], data: [NESTED] }],
    ["a batch of a batch of one", { datatype: "UINT8", shape: [1, 1, ...shape], data: FLAT }],
    ["a flat shape around nested lists", { datatype: "UINT8", shape: [90], data: NESTED }],
    ["shares of 1", { datatype: "FP32", shape, data: [...shares] }],
    ["shares of 1 that are said to be bytes", { datatype: "UINT8", shape, data: [...shares] }],
    [
      "numbers from -1 to 1",
      { datatype: "FP32", shape, data: FLAT.map((byte) => byte / 127.5 - 1) },
    ],
    [
      "floats from 0 to 255",
      { datatype: "FP32", shape, data: FLAT.map((byte) => byte + (byte < 255 ? 0.25 : 0)) },
    ],
    ["channels first", { datatype: "UINT8", shape: [3, HEIGHT, WIDTH], data: planes(PIXELS) }],
    [
      "transparency, which is left out",
      { datatype: "UINT8", shape: [HEIGHT, WIDTH, 4], data: withAlpha(PIXELS) },
    ],
  ])("%s", (_, output) => {
    expect(pictures(reply(output))).toEqual([PICTURE]);
  });

  test("pictures in a batch", () => {
    const data = [NESTED, nestedPixels(OTHER, WIDTH)];
    expect(pictures(reply({ datatype: "UINT8", shape: [2, HEIGHT, WIDTH, 3], data }))).toEqual([
      PICTURE,
      OTHER_PICTURE,
    ]);
  });

  test("grey, with and without a dimension for it", () => {
    const data = [0, 50, 100, 150, 200, 250, 1, 2, 3, 4];
    const rgb = Uint8Array.from(data.flatMap((value) => [value, value, value]));
    for (const shape of [
      [2, 5],
      [2, 5, 1],
      [1, 2, 5],
      [1, 1, 2, 5],
    ]) {
      expect(pictures(reply({ datatype: "UINT8", shape, data }))).toEqual([
        { kind: "pixels", width: 5, height: 2, data: rgb },
      ]);
    }
  });

  test("numbers beyond bytes are clamped, and fractions rounded", () => {
    const data = [-5, 300, 2.5, 3.5, 254.6, 1e300];
    expect(pictures(reply({ datatype: "FP64", shape: [1, 2, 3], data }))).toEqual([
      { kind: "pixels", width: 2, height: 1, data: Uint8Array.of(0, 255, 2, 4, 255, 255) },
    ]);
  });

  test.each([
    ["FP32", 255],
    ["fp16", 255],
    ["BOOL", 255],
    ["UINT8", 1],
    ["INT64", 1],
    ["", 1],
  ])("only 0 and 1 labelled %j: 1 becomes %i", (datatype, white) => {
    const data = [0, 1, 1, 1, 0, 0];
    const expected = Uint8Array.from(data, (value) => value * white);
    expect(pictures(reply({ datatype, shape: [1, 2, 3], data }))).toMatchObject([
      { data: expected },
    ]);
  });
});

describe("finds a missing shape", () => {
  test("by the requested size", () => {
    const flat = { datatype: "INT64", shape: [90], data: FLAT };
    expect(pictures(reply(flat), { width: WIDTH, height: HEIGHT })).toEqual([PICTURE]);
    expect(pictures(reply({ ...flat, shape: -1 }), { width: HEIGHT, height: WIDTH })).toMatchObject(
      [{ width: HEIGHT, height: WIDTH }],
    );
  });

  test("for several pictures, too", () => {
    const data = [...FLAT, ...OTHER];
    expect(pictures(reply({ datatype: "INT64", data }), { width: WIDTH, height: HEIGHT })).toEqual([
      PICTURE,
      OTHER_PICTURE,
    ]);
  });

  test("as a square if nothing else helps", () => {
    const data = [...somePixels(5, 5)];
    expect(pictures(reply({ datatype: "INT64", shape: [75], data }))).toMatchObject([
      { width: 5, height: 5 },
    ]);
  });

  test("or says that it cannot", () => {
    const body = reply({ datatype: "INT64", shape: [90], data: FLAT });
    expect(sentenceOf(() => pictures(body))).toBe(
      'The endpoint\'s reply cannot be used: the output "output0" is of 90 values: its shape is missing, and it is not a square picture.',
    );
  });
});

function planes(pixels: Uint8Array): number[] {
  return [0, 1, 2].flatMap((channel) => [...pixels].filter((_, i) => i % 3 === channel));
}

function withAlpha(pixels: Uint8Array): number[] {
  return nestedPixels(pixels, WIDTH)
    .flat()
    .flatMap((pixel) => [...pixel, 200]);
}

describe("reads files:", () => {
  test.each<[string, unknown, object]>([
    [
      "base64 of a PNG, as MLServer sends it",
      reply({
        datatype: "BYTES",
        shape: [1, 1],
        parameters: { content_type: "pillow_image" },
        data: [base64(PNG)],
      }),
      file("png", PNG),
    ],
    [
      "a data address",
      reply({ datatype: "BYTES", shape: [1], data: [`data:image/jpeg;base64,${base64(JPEG)}`] }),
      file("jpeg", JPEG),
    ],
    ["a bare string", reply({ datatype: "BYTES", data: base64(WEBP) }), file("webp", WEBP)],
    ["a list of v1", { predictions: [base64(PNG)] }, file("png", PNG)],
    ["a string of v1", { predictions: base64(PNG) }, file("png", PNG)],
    [
      "an object of v1",
      { predictions: [{ image: { format: "PNG", b64: base64(PNG) } }] },
      file("png", PNG),
    ],
    ["OpenAI's images", { created: 1, data: [{ b64_json: base64(PNG) }] }, file("png", PNG)],
    [
      "JSON inside a JSON string",
      JSON.stringify(JSON.stringify({ predictions: [base64(PNG)] })),
      file("png", PNG),
    ],
    ["a body that is the picture", JPEG, file("jpeg", JPEG)],
  ])("%s", (_, body, expected) => {
    expect(pictures(body)).toEqual([expected]);
  });

  test("base64 of pixels only, if shape or request give the size", () => {
    const data = [base64(PIXELS)];
    expect(pictures(reply({ datatype: "BYTES", shape: [HEIGHT, WIDTH, 3], data }))).toEqual([
      PICTURE,
    ]);
    expect(
      pictures(reply({ datatype: "BYTES", shape: [1], data }), { width: WIDTH, height: HEIGHT }),
    ).toEqual([PICTURE]);
  });

  test("nested lists of v1, one picture or several", () => {
    expect(pictures({ predictions: NESTED })).toEqual([PICTURE]);
    expect(pictures({ predictions: [NESTED, nestedPixels(OTHER, WIDTH)] })).toEqual([
      PICTURE,
      OTHER_PICTURE,
    ]);
  });
});

describe("reads binary tensors:", () => {
  const shape = [HEIGHT, WIDTH, 3];
  test.each<[string, object, Uint8Array]>([
    ["bytes", { datatype: "UINT8", shape }, PIXELS],
    ["halves", { datatype: "FP16", shape }, bytesOf(new Float16Array(shares))],
    ["floats", { datatype: "FP32", shape }, bytesOf(shares)],
    [
      "whole numbers of 64 bits",
      { datatype: "INT64", shape },
      bytesOf(BigInt64Array.from(FLAT, BigInt)),
    ],
  ])("%s", (_, output, bytes) => {
    expect(readPictures(binaryReply(output, bytes), {}).pictures).toEqual([PICTURE]);
    expect(readPictures(binaryReply(output, bytes, { header: false }), {}).pictures).toEqual([
      PICTURE,
    ]);
  });

  test.each<[string, Uint8Array, object]>([
    ["a PNG", PNG, file("png", PNG)],
    ["base64 of a PNG", utf8(base64(PNG)), file("png", PNG)],
    ["the pixels as they are", PIXELS, PICTURE],
  ])("BYTES that contain %s", (_, bytes, expected) => {
    const output = { datatype: "BYTES", shape: [1] };
    expect(
      readPictures(binaryReply(output, element(bytes)), { width: WIDTH, height: HEIGHT }).pictures,
    ).toEqual([expected]);
  });
});

describe("chooses the output", () => {
  const picture = { datatype: "UINT8", shape: [HEIGHT, WIDTH, 3], data: NESTED };
  const other = { datatype: "UINT8", shape: [HEIGHT, WIDTH, 3], data: [...OTHER] };
  const text = { name: "text_output", datatype: "BYTES", shape: [1], data: ["a caption"] };

  test.each<[string, object[], Asked, object]>([
    [
      "that was asked for",
      [
        { name: "image", ...picture },
        { name: "mask", ...other },
      ],
      { output: "mask" },
      OTHER_PICTURE,
    ],
    [
      "whose name is the likeliest",
      [
        { name: "mask", ...other },
        { name: "generated_image", ...picture },
      ],
      {},
      PICTURE,
    ],
    ["that holds a picture", [text, { name: "x", ...picture }], {}, PICTURE],
    [
      "that is there, where another was asked for",
      [{ name: "x", ...picture }],
      { output: "image" },
      PICTURE,
    ],
    ["without a name", [picture], {}, PICTURE],
  ])("%s", (_, outputs, asked, expected) => {
    expect(pictures({ outputs }, asked)).toEqual([expected]);
  });
});

test("reads the parameters of our own server", () => {
  const head = {
    modelName: "m",
    id: "1",
    seeds: ["18446744073709551615"],
    device: "cpu",
    seconds: 1.5,
  };
  const drawn = { width: WIDTH, height: HEIGHT, pictures: [PIXELS] };
  const wanted = { format: "raw", datatype: "UINT8", isFlat: false, isBinary: false } as const;
  expect(readPictures(replyFrom(pictureReply(head, drawn, wanted)), {})).toEqual({
    pictures: [PICTURE],
    parameters: new Map<string, unknown>([
      ["seed", "18446744073709551615"],
      ["device", "cpu"],
      ["seconds", 1.5],
    ]),
  });
});

describe("what our server writes, our client reads, in every requested form:", () => {
  const choices: WantedPicture[] = [true, false].flatMap((isBinary) =>
    [true, false].flatMap((isFlat) =>
      (["UINT8", "FP32", "FP16"] as const)
        .filter((datatype) => isBinary || datatype !== "FP16")
        .map((datatype) => ({ format: "raw", datatype, isFlat, isBinary }) as const),
    ),
  );
  const drawn = fc
    .record({
      width: fc.integer({ min: 1, max: 9 }),
      height: fc.integer({ min: 1, max: 9 }),
      count: fc.integer({ min: 1, max: 3 }),
      start: fc.nat(255),
    })
    .map(({ width, height, count, start }) => ({
      width,
      height,
      // A picture that contains only 0 and 1 could be shares; these contain more.
      pictures: Array.from({ length: count }, (_, i) =>
        somePixels(width, height, start + i).with(0, 200),
      ),
    }));
  const head = { modelName: "m", id: "1", seeds: ["1"], device: "cpu", seconds: 1 };

  test.each(choices)("%j", (wanted) => {
    fc.assert(
      fc.property(drawn, (drawn) => {
        const { pictures } = readPictures(replyFrom(pictureReply(head, drawn, wanted)), {});
        expect(pictures).toEqual(
          drawn.pictures.map((data) => ({
            kind: "pixels",
            width: drawn.width,
            height: drawn.height,
            data,
          })),
        );
      }),
      { numRuns: 30 },
    );
  });

  test("the notebook profile, and v1", () => {
    const drawn = { width: WIDTH, height: HEIGHT, pictures: [PIXELS] };
    expect(readPictures(replyFrom(notebookReply(drawn)), {}).pictures).toEqual([PICTURE]);
    expect(readPictures(replyFrom(predictReply([drawn], "raw")), {}).pictures).toEqual([PICTURE]);
    const files = { ...drawn, pictures: [PNG, JPEG] };
    const wanted = { format: "png", isBinary: false } as const;
    const expected = [file("png", PNG), file("jpeg", JPEG)];
    expect(readPictures(replyFrom(predictReply([files], "png")), {}).pictures).toEqual(expected);
    expect(readPictures(replyFrom(pictureReply(head, files, wanted)), {}).pictures).toEqual(
      expected,
    );
    expect(
      readPictures(replyFrom(pictureReply(head, files, { ...wanted, isBinary: true })), {})
        .pictures,
    ).toEqual(expected);
  });
});

describe("a wrong reply says what is wrong:", () => {
  const image = (output: object): object => ({
    outputs: [{ name: "image", datatype: "UINT8", ...output }],
  });
  test.each<[string, unknown, string]>([
    ["an empty body", "", "it is empty."],
    [
      "cut JSON",
      JSON.stringify(reply({ shape: [6, 5, 3], data: NESTED })).slice(0, 80),
      "it ends too early.",
    ],
    [
      "NaN",
      '{"outputs":[{"name":"image","shape":[1,1,3],"datatype":"FP32","data":[NaN,0,0]}]}',
      "at byte 70 it holds NaN, which is not a number.",
    ],
    [
      "Infinity by size",
      '{"outputs":[{"name":"image","shape":[1,1,3],"data":[1e999,0,0]}]}',
      'a pixel of the output "image" is Infinity: that is not a colour.',
    ],
    ["plain text", "upstream connect error", 'at byte 0 it is not JSON but "upstream con".'],
    ["a list", [1, 2], "the body is an array: it must be an object."],
    [
      "no outputs",
      { model_name: "m", id: "1" },
      "it is an object that holds model_name, id, and no outputs.",
    ],
    ["an empty object", {}, "it is an object that holds nothing."],
    ["an empty list of outputs", { outputs: [] }, "there is no picture in it."],
    [
      "an output without data",
      image({ shape: [1, 1, 3] }),
      'the output "image" is null: that is not a picture.',
    ],
    ["no numbers", image({ shape: [0], data: [] }), "there is no picture in it."],
    [
      "more shape than numbers",
      image({ shape: [768, 768, 3], data: FLAT }),
      'the output "image".shape is [768, 768, 3]: the data has 90 elements.',
    ],
    [
      "more numbers than shape",
      image({ shape: [1, 1, 3], data: FLAT }),
      'the output "image".shape is [1, 1, 3]: the data has 90 elements.',
    ],
    [
      "two open dimensions",
      image({ shape: [-1, -1, 3], data: FLAT }),
      'the output "image" is of 90 values: its shape is missing, and it is not a square picture.',
    ],
    [
      "a side beyond 4096",
      image({ shape: [1, 4097, 3], data: Array(4097 * 3).fill(9) }),
      'the output "image".shape is [1, 4097, 3]: the limit is 4096 pixels a side.',
    ],
    [
      "two channels",
      image({ shape: [5, 9, 2], data: FLAT }),
      'the output "image".shape is [5, 9, 2]: that is not the shape of a picture.',
    ],
    [
      "five dimensions",
      image({ shape: [2, 1, 3, 5, 3], data: FLAT }),
      'the output "image".shape is [2, 1, 3, 5, 3]: that is not the shape of a picture.',
    ],
    [
      "a shape that overflows",
      image({ shape: [4294967296, 4294967296, 3], data: FLAT }),
      'the output "image".shape is [4294967296, 4294967296, 3]: the data has 90 elements.',
    ],
    [
      "ragged rows",
      image({
        shape: [2, 2, 3],
        data: [
          [[1, 2, 3]],
          [
            [1, 2, 3],
            [4, 5, 6],
          ],
        ],
      }),
      'the output "image" is no picture: its rows differ in length, or hold something else than numbers.',
    ],
    [
      "rows with holes",
      image({ shape: [1, 2], data: [1, null] }),
      'a pixel of the output "image" is null: that is not a colour.',
    ],
    [
      "a caption",
      image({ datatype: "BYTES", shape: [1], data: ["a dog on a beach"] }),
      'the output "image" is "a dog on a beach": that is text, not a picture.',
    ],
    [
      "an object without a picture",
      { predictions: [{ score: 1 }] },
      'the output "predictions" is an object: a picture would be under image, generated_image, b64_json, b64, data, bytes.',
    ],
    [
      "101 pictures",
      image({ shape: [101, 1, 1, 3], data: Array(303).fill(9) }),
      'the output "image" is 101 pictures: the limit is 100.',
    ],
    ["deep brackets", `{"outputs":${"[".repeat(400_000)}`, "brackets are nested deeper than 8."],
    [
      "200,000 members",
      `{"outputs":[${'{"name":"x"},'.repeat(200_000)}{}]}`,
      "it holds more than 100000 values.",
    ],
    [
      "a binary size that is not there",
      {
        outputs: [
          {
            name: "image",
            datatype: "UINT8",
            shape: [1, 1, 3],
            parameters: { binary_data_size: 3 },
          },
        ],
      },
      "outputs[0].parameters.binary_data_size is 3: the body has 0 more bytes.",
    ],
    [
      "an unknown binary datatype",
      { outputs: [{ name: "image", datatype: "RGB8", parameters: { binary_data_size: 0 } }] },
      'outputs[0].datatype is "RGB8": a datatype is one of BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP16, BF16, FP32, FP64, BYTES.',
    ],
    [
      "64 MiB and one byte",
      new Uint8Array(64 * 2 ** 20 + 1),
      "the body is of 67108865 bytes: the limit is 67108864.",
    ],
  ])("%s", (_, body, reason) => {
    const wrong = (): void => {
      expect(sentenceOf(() => pictures(body))?.replace(/^[^:]+: /, "")).toBe(reason);
    };
    expect(processorMs(wrong)).toBeLessThan(1500);
  });

  test("a NaN in a binary tensor", () => {
    const bytes = bytesOf(Float32Array.of(NaN, 0, 0));
    expect(
      sentenceOf(() =>
        readPictures(binaryReply({ datatype: "FP32", shape: [1, 1, 3] }, bytes), {}),
      ),
    ).toBe(
      'The endpoint\'s picture cannot be used: a pixel of the output "image" is NaN: that is not a colour.',
    );
  });

  test("bytes after the last tensor", () => {
    const bytes = Uint8Array.of(...PIXELS);
    const reply = binaryReply({ datatype: "UINT8", shape: [6, 5, 3] }, bytes);
    const longer = { ...reply, body: Uint8Array.of(...reply.body, 1) };
    expect(sentenceOf(() => readPictures(longer, {}))).toMatch(
      /1 bytes are left behind its last tensor\.$/,
    );
  });
});

test("whatever the bytes of a reply, it is pictures or a refusal by name", () => {
  const sound = [
    replyFrom(notebookReply({ width: WIDTH, height: HEIGHT, pictures: [PIXELS] })).body,
    binaryReply({ datatype: "UINT8", shape: [6, 5, 3] }, PIXELS).body,
    replyOf({ predictions: [base64(PNG), { image: NESTED }] }).body,
    replyOf(reply({ datatype: "FP32", shape: [-1, 5, 3], data: [...shares] })).body,
  ];
  const WORDS = [
    "-1",
    "null",
    "[]",
    "{}",
    '"x"',
    "1e999",
    "NaN",
    "99999999999999999999",
    "[[1],[2,3]]",
    "true",
    '"outputs"',
    "[1,2,3]",
  ];
  const broken = fc.record({
    body: fc.constantFrom(...sound),
    at: fc.nat(),
    cut: fc.nat(12),
    word: fc.constantFrom(...WORDS),
    isWord: fc.boolean(),
  });
  const SOUND = "ENDPOINT_REPLY_INVALID: it is not";
  fc.assert(
    fc.property(broken, ({ body, at, cut, word, isWord }) => {
      const text = Buffer.from(body).toString("latin1");
      const place = at % text.length;
      const rest = isWord
        ? text.slice(place).replace(/"[^"]*"|-?\d+/, word)
        : word + text.slice(place + cut);
      const reply = replyOf(new Uint8Array(Buffer.from(text.slice(0, place) + rest, "latin1")));
      expect(refusalOf(() => readPictures(reply, {})) ?? SOUND).toMatch(
        /^ENDPOINT_(REPLY_(INVALID|BROKEN|TOO_LARGE)|PICTURE_INVALID|REFUSED): /,
      );
    }),
    { numRuns: 2000 },
  );
});

test("a million numbers are read within a second, as bytes and as floats", () => {
  const drawn = { width: 512, height: 512, pictures: [somePixels(512, 512)] };
  const nested = replyFrom(notebookReply(drawn));
  const data = Array.from(drawn.pictures[0]!, (byte) => Math.fround(byte / 255));
  const floats = replyOf(reply({ datatype: "FP32", shape: [512, 512, 3], data }));
  expect(floats.body.length).toBeGreaterThan(10_000_000);
  for (const [body, ms] of [
    [nested, 1000],
    [floats, 1000],
  ] as const) {
    let read: Uint8Array = new Uint8Array();
    expect(processorMs(() => (read = dataOf(readPictures(body, {}))))).toBeLessThan(ms);
    expect(Buffer.compare(read, drawn.pictures[0]!)).toBe(0);
  }
});

function dataOf({ pictures: [picture] }: ReturnType<typeof readPictures>): Uint8Array {
  return picture?.kind === "pixels" ? picture.data : new Uint8Array();
}
