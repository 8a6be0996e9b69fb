import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PICTURE_INPUTS } from "../../../../engine/kserve/server/picture-inputs.ts";
import type { ConstantEngine } from "../../../fakes/constant-engine.ts";
import { type OpenRoutes, serveRoutes } from "../../../fakes/open-routes.ts";
import { binaryBody, element } from "../../kserve/bodies.ts";
import { type Answer, postBinary } from "./asking.ts";

let routes: OpenRoutes<ConstantEngine>;
beforeAll(async () => {
  routes = await serveRoutes();
});
afterAll(() => routes.close());

const text = fc
  .string({ unit: "binary", maxLength: 30 })
  .filter((value) => value.isWellFormed() && !value.includes("\0"));
const side = fc.integer({ min: 8, max: 40 }).map((n) => n * 8);

type InputName = keyof typeof PICTURE_INPUTS;

/** Values for every input that holds one, except the prompt. */
const VALUES: Readonly<
  Record<Exclude<InputName, "prompt" | "guidanceInterval">, fc.Arbitrary<string | number>>
> = {
  negativePrompt: text,
  seed: fc.nat(0xffff_ffff),
  steps: fc.integer({ min: 1, max: 1000 }),
  guidanceScale: fc.integer({ min: 0, max: 200 }).map((n) => n / 2),
  height: side,
  width: side,
  scheduler: fc.constantFrom("ddim", "pndm", "euler"),
  precision: fc.constantFrom("auto", "float32", "int8"),
  preset: fc.constantFrom("exact", "balanced", "fast"),
  cacheInterval: fc.integer({ min: 1, max: 10 }),
  decoder: fc.constantFrom("own", "tiny"),
  count: fc.integer({ min: 1, max: 3 }),
};

/** The place of a setting: a JSON tensor, a binary tensor, or a parameter. */
const place = fc.constantFrom("tensor", "binary", "parameter");

interface Setting {
  readonly name: string;
  readonly datatype: string;
  readonly value: string | number;
  readonly place: string;
}

const settings = fc
  .record(
    Object.fromEntries(
      Object.entries(VALUES).map(([key, value]) => [key, fc.record({ value, place })]),
    ),
    { requiredKeys: [] },
  )
  .map((chosen) =>
    Object.entries(chosen).map(([key, setting]): Setting => {
      const { name, datatype } = PICTURE_INPUTS[key as InputName];
      return { name, datatype, ...(setting as Pick<Setting, "value" | "place">) };
    }),
  );

const output = fc
  .record(
    {
      format: fc.constantFrom("raw", "png", "jpeg", "webp"),
      datatype: fc.constantFrom("UINT8", "FP32"),
      flat: fc.boolean(),
      binary_data: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  // A file has no datatype.
  .map(({ datatype, ...others }) =>
    (others.format ?? "raw") === "raw" && datatype !== undefined ? { ...others, datatype } : others,
  );

const request = fc.record(
  {
    id: text,
    prompts: fc.array(text, { minLength: 1, maxLength: 3 }),
    promptName: fc.constantFrom("prompt", "input0", "text"),
    settings,
    output: fc.option(output, { nil: undefined }),
    isAllBinary: fc.boolean(),
  },
  { noNullPrototype: true },
);

function bytesOf({ datatype, value }: Setting): Uint8Array {
  if (datatype === "BYTES") return element(String(value));
  if (datatype === "INT64") return new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);
  if (datatype === "FP32") return new Uint8Array(Float32Array.of(Number(value)).buffer);
  return new Uint8Array(Int32Array.of(Number(value)).buffer);
}

function send({ id, prompts, promptName, settings, output, isAllBinary }: Sent): Promise<Answer> {
  const tensors = settings.filter(({ place }) => place !== "parameter");
  const parameters = Object.fromEntries(
    settings
      .filter(({ place }) => place === "parameter")
      .map(({ name, value }) => [name, value] as const),
  );
  const inputs = tensors.map((setting) => {
    const { name, datatype, value, place } = setting;
    const head = { name, datatype, shape: [1] };
    if (place === "tensor") return { ...head, data: [value] };
    return { ...head, parameters: { binary_data_size: bytesOf(setting).length } };
  });
  const prompt = { name: promptName, datatype: "BYTES", shape: [prompts.length], data: prompts };
  const message = {
    id,
    inputs: [prompt, ...inputs],
    parameters: { ...parameters, ...(isAllBinary && { binary_data_output: true }) },
    ...(output && { outputs: [{ name: "image", parameters: output }] }),
  };
  const binary = tensors.filter(({ place }) => place === "binary").map(bytesOf);
  const url = `${routes.origin}/v2/models/starter/infer`;
  return postBinary(url, binaryBody(message, ...binary));
}

type Sent = typeof request extends fc.Arbitrary<infer T> ? T : never;

test("every valid request gets 200, its id, and a reply that matches the document", async () => {
  await fc.assert(
    fc.asyncProperty(request, async (sent) => {
      const { status, headers, bytes } = await send(sent);
      const end = Number(headers["inference-header-content-length"] ?? bytes.length);
      const json = JSON.parse(bytes.subarray(0, end).toString()) as Record<string, unknown>;
      expect([status, json["id"]]).toEqual([200, sent.id]);
    }),
    { numRuns: 200 },
  );
});

test("every request, valid or with one byte changed, gets an answer, and none is an internal error", async () => {
  const change = fc.record({ at: fc.nat(400), byte: fc.nat(255) });
  const url = `${routes.origin}/v2/models/starter/infer`;
  await fc.assert(
    fc.asyncProperty(request, change, async (sent, { at, byte }) => {
      const prompt = { name: "prompt", datatype: "BYTES", data: sent.prompts };
      const { bytes, headerLength } = binaryBody({ id: sent.id, inputs: [prompt] });
      const changed = Uint8Array.from(bytes);
      changed[at % changed.length] = byte;
      const { status } = await postBinary(url, {
        bytes: changed,
        headerLength: at % 2 === 0 ? headerLength : undefined,
      });
      expect(status === 200 || (status >= 400 && status < 500)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
