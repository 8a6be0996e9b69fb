import { type ClientDuplexStream, type ClientUnaryCall, status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { ConstantEngine, FEW_PIXELS } from "../../../fakes/constant-engine.ts";
import { asker, grpcClient, openGrpcServer } from "../../../fakes/open-grpc-server.ts";

const MODEL = "stable-diffusion";

function element(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const PROMPT = { name: "prompt", datatype: "BYTES", shape: [1] };
const RAW = {
  model_name: MODEL,
  id: "7",
  inputs: [PROMPT],
  raw_input_contents: [element("a dog")],
};
const TYPED = {
  model_name: MODEL,
  inputs: [{ ...PROMPT, contents: { bytes_contents: [Buffer.from("a dog")] } }],
};

interface Output {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly string[];
  readonly contents?: Readonly<Record<string, readonly unknown[]>>;
}
interface Reply {
  readonly id: string;
  readonly parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly outputs: readonly Output[];
  readonly raw_output_contents: readonly Buffer[];
}

test("raw contents are received and raw pixels sent, as tritonclient does it", async () => {
  const { target, engine, requests } = await openGrpcServer();
  const ask = await asker(target);
  const reply = (await ask("ModelInfer", RAW)) as unknown as Reply;
  const [row] = requests.list();
  expect(row!.requestBytes).toBeGreaterThan(30);
  expect(row!.replyBytes).toBeGreaterThan(FEW_PIXELS.data.length);
  expect(reply).toMatchObject({ model_name: MODEL, id: "7" });
  expect(reply.outputs).toMatchObject([
    { name: "image", datatype: "UINT8", shape: ["2", "4", "3"] },
  ]);
  expect(reply.raw_output_contents).toEqual([Buffer.from(FEW_PIXELS.data)]);
  expect(reply.parameters["seed"]).toMatchObject({ string_param: "1" });
  expect(engine.jobs[0]!.requests).toMatchObject([{ prompt: "a dog" }]);
});

test("typed contents and parameters mean the same; the reply is typed on request", async () => {
  const { target, engine } = await openGrpcServer();
  const ask = await asker(target);
  const reply = (await ask("ModelInfer", {
    ...TYPED,
    inputs: [
      ...TYPED.inputs,
      { name: "seed", datatype: "INT64", shape: [1], contents: { int64_contents: ["5"] } },
      { name: "steps", datatype: "INT32", shape: [1], contents: { int_contents: [3] } },
      { name: "guidance_scale", datatype: "FP32", shape: [1], contents: { fp32_contents: [7.1] } },
    ],
    parameters: { width: { int64_param: "128" }, binary_data_output: { bool_param: false } },
  })) as unknown as Reply;
  expect(engine.jobs[0]!.requests).toMatchObject([
    { prompt: "a dog", seed: "5", steps: 3, guidanceScale: 7.1, width: 128 },
  ]);
  expect(reply.outputs[0]!.contents!["uint_contents"]).toEqual([...FEW_PIXELS.data]);
  expect(reply).not.toHaveProperty("raw_output_contents");
});

test("a picture may be a file, or shares of 1", async () => {
  const { target } = await openGrpcServer();
  const ask = await asker(target);
  const asked = async (
    parameters: object,
    typed: object = {},
  ): Promise<{ output: Output; raw: Buffer | undefined }> => {
    const outputs = [{ name: "image", parameters }];
    const reply = await ask("ModelInfer", { ...TYPED, outputs, parameters: typed });
    const { outputs: got, raw_output_contents: raws } = reply as unknown as Partial<Reply>;
    return { output: got![0]!, raw: raws?.[0] };
  };
  const isTyped = { binary_data_output: { bool_param: false } };
  const png = await asked({ format: { string_param: "png" } });
  expect(png.output).toMatchObject({ datatype: "BYTES", shape: ["1"] });
  expect(png.raw!.subarray(4, 8).toString("latin1")).toBe("\u0089PNG");
  const typedPng = await asked({ format: { string_param: "png" } }, isTyped);
  expect(typedPng.output.contents!["bytes_contents"]).toEqual([png.raw!.subarray(4)]);
  const shares = await asked({ datatype: { string_param: "FP32" } });
  const floats = [...new Float32Array(new Uint8Array(shares.raw!).buffer)];
  expect(floats).toEqual([...FEW_PIXELS.data].map((byte) => Math.fround(byte / 255)));
  const typedShares = await asked({ datatype: { string_param: "FP32" } }, isTyped);
  expect(typedShares.output.contents!["fp32_contents"]).toEqual(floats);
});

test.each([
  ["no prompt", { model_name: MODEL }, status.INVALID_ARGUMENT, "prompt"],
  ["another model", { ...RAW, model_name: "nobody's" }, status.NOT_FOUND, "nobody's"],
  ["another version", { ...RAW, model_version: "2" }, status.NOT_FOUND, "1.0"],
  [
    "both kinds of contents",
    { ...TYPED, raw_input_contents: [element("a cat")] },
    status.INVALID_ARGUMENT,
    "never both",
  ],
  [
    "too few raw contents",
    { ...RAW, inputs: [PROMPT, { name: "seed", datatype: "INT64", shape: [1] }] },
    status.INVALID_ARGUMENT,
    "2 inputs",
  ],
  [
    "elements in another list",
    {
      ...TYPED,
      inputs: [
        ...TYPED.inputs,
        { name: "steps", datatype: "INT32", shape: [1], contents: { int64_contents: ["3"] } },
      ],
    },
    status.INVALID_ARGUMENT,
    "int_contents",
  ],
  [
    "halves that are typed",
    {
      ...TYPED,
      inputs: [
        ...TYPED.inputs,
        { name: "guidance_scale", datatype: "FP16", shape: [1], contents: { fp32_contents: [3] } },
      ],
    },
    status.INVALID_ARGUMENT,
    "raw_input_contents",
  ],
  [
    "more than a message may be",
    {
      ...TYPED,
      outputs: [{ name: "image", parameters: { datatype: { string_param: "FP32" } } }],
      parameters: {
        width: { int64_param: "2048" },
        height: { int64_param: "2048" },
        count: { int64_param: "8" },
      },
    },
    status.INVALID_ARGUMENT,
    "256 MiB",
  ],
])("%s: refused with a message", async (_, request, code, words) => {
  const { target, engine, mistakes } = await openGrpcServer();
  const ask = await asker(target);
  await expect(ask("ModelInfer", request)).rejects.toMatchObject({
    code,
    details: expect.stringContaining(words),
  });
  expect([engine.jobs, mistakes]).toEqual([[], []]);
});

test("a reply of more than 4 MiB arrives completely at a client that accepts it", async () => {
  const { target } = await openGrpcServer({ engine: new ConstantEngine({ isSized: true }) });
  const client = await grpcClient(target, "inference.GRPCInferenceService", {
    channel: { "grpc.max_receive_message_length": -1 },
  });
  const infer = Reflect.get(client, "ModelInfer") as (
    request: object,
    done: (error: Error | null, reply: Reply) => void,
  ) => ClientUnaryCall;
  const side = { int64_param: "1536" };
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  infer.call(client, { ...RAW, parameters: { width: side, height: side } }, (error, reply) =>
    error === null ? resolve(reply) : reject(error),
  );
  expect((await promise).raw_output_contents[0]!.length).toBe(1536 * 1536 * 3);
});

test("a cancelled call frees the device, and so do a hundred of them", async () => {
  const engine = new ConstantEngine({ steps: 1000, stepMs: 20 });
  const { target, admission } = await openGrpcServer({ engine, settings: { queueLength: 200 } });
  const client = await grpcClient(target, "inference.GRPCInferenceService");
  const infer = Reflect.get(client, "ModelInfer") as (
    request: object,
    done: (error: { code: status } | null) => void,
  ) => ClientUnaryCall;
  const ends: Promise<status | undefined>[] = [];
  const calls = Array.from({ length: 100 }, () => {
    const { promise, resolve } = Promise.withResolvers<status | undefined>();
    ends.push(promise);
    return infer.call(client, RAW, (error) => resolve(error?.code));
  });
  await expect.poll(() => admission.waiting, { timeout: 10_000 }).toBe(99);
  for (const call of calls) call.cancel();
  expect(new Set(await Promise.all(ends))).toEqual(new Set([status.CANCELLED]));
  await expect.poll(() => [admission.waiting, admission.isDrawing]).toEqual([0, false]);
  expect(engine.abortedJobs).toBe(engine.jobs.length);
});

test("a deadline that cannot be met is refused at once, one that passes frees the device", async () => {
  const known = new ConstantEngine({ expectedSeconds: () => 60 });
  const { target, engine } = await openGrpcServer({ engine: known });
  const client = await grpcClient(target, "inference.GRPCInferenceService");
  const infer = Reflect.get(client, "ModelInfer") as (
    request: object,
    options: object,
    done: (error: { code: status; details: string } | null) => void,
  ) => ClientUnaryCall;
  const refused = Promise.withResolvers<{ code: status; details: string } | null>();
  infer.call(client, RAW, { deadline: Date.now() + 30_000 }, refused.resolve);
  expect(await refused.promise).toMatchObject({ code: status.DEADLINE_EXCEEDED });
  expect(engine.jobs).toEqual([]);

  const slow = await openGrpcServer({ engine: new ConstantEngine({ steps: 1000, stepMs: 20 }) });
  const other = await grpcClient(slow.target, "inference.GRPCInferenceService");
  const passed = Promise.withResolvers<{ code: status } | null>();
  infer.call(other, RAW, { deadline: Date.now() + 500 }, passed.resolve);
  expect(await passed.promise).toMatchObject({ code: status.DEADLINE_EXCEEDED });
  await expect.poll(() => slow.admission.isDrawing).toBe(false);
});

interface Streamed {
  readonly error_message?: string;
  readonly infer_response: Reply;
}

async function stream(
  target: string,
): Promise<{ call: ClientDuplexStream<object, Streamed>; next: () => Promise<Streamed> }> {
  const client = await grpcClient(target, "inference.GRPCInferenceService");
  const open = Reflect.get(client, "ModelStreamInfer") as () => ClientDuplexStream<
    object,
    Streamed
  >;
  const call = open.call(client);
  const replies = (call as AsyncIterable<Streamed>)[Symbol.asyncIterator]();
  return { call, next: async () => (await replies.next()).value as Streamed };
}

test("a stream reports each step, then the picture; a failure does not end it", async () => {
  const { target } = await openGrpcServer();
  const { call, next } = await stream(target);
  call.write(RAW);
  const steps = [await next(), await next()];
  expect(steps.map(({ infer_response: { parameters } }) => parameters)).toMatchObject([
    {
      step: { int64_param: "1" },
      of: { int64_param: "2" },
      triton_final_response: { bool_param: false },
    },
    { step: { int64_param: "2" }, of: { int64_param: "2" } },
  ]);
  expect(steps[0]!.infer_response.outputs).toMatchObject([{ name: "preview", datatype: "BYTES" }]);
  const last = await next();
  expect(last.infer_response.parameters["triton_final_response"]).toMatchObject({
    bool_param: true,
  });
  expect(last.infer_response.raw_output_contents).toEqual([Buffer.from(FEW_PIXELS.data)]);

  call.write({ ...RAW, id: "8", model_name: "nobody's" });
  expect(await next()).toMatchObject({
    error_message: expect.stringContaining("nobody's"),
    infer_response: { id: "8" },
  });
  call.write({ ...RAW, id: "9", parameters: { progress: { bool_param: false } } });
  call.end();
  expect(await next()).toMatchObject({ infer_response: { id: "9", outputs: [{ name: "image" }] } });
  expect(await next()).toBeUndefined();
});

test("a cancelled stream frees the device", async () => {
  const engine = new ConstantEngine({ steps: 1000, stepMs: 20 });
  const { target, admission } = await openGrpcServer({ engine });
  const { call, next } = await stream(target);
  call.on("error", () => undefined);
  call.write(RAW);
  await next();
  call.cancel();
  await expect.poll(() => admission.isDrawing).toBe(false);
});
