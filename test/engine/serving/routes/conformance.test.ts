import { deflateRawSync, deflateSync, gunzipSync, gzipSync, inflateSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { StudioError } from "../../../../engine/contract/errors.ts";
import { joinElements } from "../../../../engine/kserve/wire/binary-tensor.ts";
import { MAX_BODY_BYTES } from "../../../../engine/serving/routes/read-body.ts";
import { readPngTexts } from "../../../../engine/image/png/read-png-texts.ts";
import { ConstantEngine, FEW_PIXELS } from "../../../fakes/constant-engine.ts";
import { type OpenRoutes, openRoutes, serveRoutes } from "../../../fakes/open-routes.ts";
import { openConstantServer } from "../../../fakes/open-inference-server.ts";
import { rawRequest } from "../../../fakes/raw-request.ts";
import { binaryBody, element, nestedPixels, NOTEBOOK_REQUEST, utf8 } from "../../kserve/bodies.ts";
import { eventsOf } from "./document-check.ts";
import { type Answer, ask, jsonOf, postBinary, postJson, REFUSED } from "./asking.ts";

/** What engine/PROTOCOLS.md says, over real sockets; its table names these groups of tests. */
let routes: OpenRoutes<ConstantEngine>;
beforeAll(async () => {
  routes = await serveRoutes();
});
afterAll(() => routes.close());
beforeEach(() => {
  routes.engine.jobs.length = 0;
  routes.engine.served = "starter";
});

const MODEL = "/v2/models/starter";
const PROMPT = { name: "prompt", shape: [1], datatype: "BYTES", data: ["a cat"] };
const NESTED = nestedPixels(FEW_PIXELS.data, 4);

const get = (path: string): Promise<Answer> => ask(`${routes.origin}${path}`);
const infer = (message: unknown, headers = {}): Promise<Answer> =>
  postJson(`${routes.origin}${MODEL}/infer`, message, headers);
const outputOf = ({ json }: Answer): Record<string, unknown> =>
  (json as { outputs: Record<string, unknown>[] }).outputs[0]!;
const prompts = (): string[] =>
  routes.engine.jobs.flatMap(({ requests }) => requests.map(({ prompt }) => prompt));
const brief = ({ status, json }: Answer): unknown => [status, json];

/** JSON and bytes of a reply with a binary tensor. */
function split({ headers, bytes }: Answer): { json: Record<string, unknown>; binary: Buffer } {
  const length = Number(headers["inference-header-content-length"]);
  const json = jsonOf(bytes.subarray(0, length)) as Record<string, unknown>;
  return { json, binary: bytes.subarray(length) };
}

describe("1: the server and its models", () => {
  test("is live", async () => {
    expect(brief(await get("/v2/health/live"))).toEqual([200, { live: true }]);
  });

  test("is ready while a model is served", async () => {
    expect(brief(await get("/v2/health/ready"))).toEqual([200, { ready: true }]);
  });

  test("is not ready without a model", async () => {
    routes.engine.served = undefined;
    expect(brief(await get("/v2/health/ready"))).toEqual([503, { ready: false, ...REFUSED }]);
  });

  test("describes itself", async () => {
    const extensions = ["binary_tensor_data", "model_repository", "generate", "statistics"];
    const metadata = { name: "darkroom", version: expect.any(String), extensions };
    expect(brief(await get("/v2"))).toEqual([200, metadata]);
  });

  test.each(["/v2/", "/v2/health/live/", "/v2/models/", `${MODEL}/`, `${MODEL}/ready/`])(
    "%s with a slash at its end is the same",
    async (path) => {
      expect(brief(await get(path))).toEqual(brief(await get(path.slice(0, -1))));
    },
  );

  test.each([MODEL, `${MODEL}/versions/1.0`])(
    "%s is described, including its inputs",
    async (path) => {
      expect(brief(await get(path))).toEqual([
        200,
        {
          name: "starter",
          versions: ["1.0"],
          platform: "darkroom_diffusers",
          inputs: expect.arrayContaining([{ name: "prompt", datatype: "BYTES", shape: [-1] }]),
          outputs: [{ name: "image", datatype: "UINT8", shape: [-1, -1, -1, 3] }],
          properties: expect.objectContaining({ state: "ready", width: "64" }),
        },
      ]);
    },
  );

  test("its metadata contains the preset of requests that name none, and the time of a picture with each", async () => {
    const seconds = { exact: 60, balanced: 24.04, fast: 12 };
    const engine = new ConstantEngine({
      expectedSeconds: ({ requests: [request] }) => seconds[request?.preset ?? "exact"],
    });
    engine.preset = "balanced";
    const { origin } = await openRoutes({ engine });
    const { json } = await ask(`${origin}${MODEL}`);
    expect(json).toMatchObject({
      properties: {
        preset: "balanced",
        expected_seconds_exact: "60.0",
        expected_seconds_balanced: "24.0",
        expected_seconds_fast: "12.0",
      },
    });
    const other = await ask(`${origin}/v2/models/other`);
    expect(Object.keys((other.json as { properties: object }).properties)).not.toContain("preset");
  });

  test.each([`${MODEL}/ready`, `${MODEL}/versions/1.0/ready`])("%s", async (path) => {
    expect(brief(await get(path))).toEqual([200, { name: "starter", ready: true }]);
  });

  test("the served model also answers to the notebook's name", async () => {
    const ready = { name: "stable-diffusion", ready: true };
    expect(brief(await get("/v2/models/stable-diffusion/ready"))).toEqual([200, ready]);
    expect(brief(await get("/v2/models"))).toEqual([
      200,
      { models: ["starter", "stable-diffusion"] },
    ]);
  });

  test.each(["", "/ready", "/versions/1.0", "/versions/1.0/ready"])(
    "an unknown model%s is 404 by its name",
    async (end) => {
      const error = expect.stringMatching(/^There is no model called nope\./);
      expect(brief(await get(`/v2/models/nope${end}`))).toEqual([404, { error }]);
    },
  );

  test.each(["", "/ready"])("an unknown version%s is 404 by its name", async (end) => {
    const error = expect.stringMatching(/^starter has no version 7\. Its only version is 1\.0;/);
    expect(brief(await get(`${MODEL}/versions/7${end}`))).toEqual([404, { error }]);
  });

  test("a name of the maximum length is still a name", async () => {
    const name = "m".repeat(100);
    const error = expect.stringMatching(`^There is no model called ${name}`);
    const predict = await postJson(`${routes.origin}/v1/models/${name}:predict`, {});
    expect(brief(predict)).toEqual([404, { error }]);
    expect(brief(await get(`/v2/models/${name}/ready`))).toEqual([404, { error }]);
  });

  test("a model that is not served is 503, with how to load it", async () => {
    const error = expect.stringMatching(
      /^other is not served now: it is not loaded\. Load a model with POST \/v2\/repository\/models\/NAME\/load/,
    );
    expect(brief(await get("/v2/models/other/ready"))).toEqual([503, { error }]);
    const answer = await postJson(`${routes.origin}/v2/models/other/infer`, NOTEBOOK_REQUEST);
    expect(brief(answer)).toEqual([503, { error }]);
  });

  test.each(["/nope", "/v2/nope", "/v3", "/v2/models/starter/explain", "/V2", "/%00", "//v2"])(
    "%s is 404 with a message",
    async (path) => {
      const error = `The inference server has no address ${path}. GET /openapi.json lists those that it has.`;
      expect(brief(await get(path))).toEqual([404, { error }]);
    },
  );

  test("another method is 405 with those that are allowed", async () => {
    const [read, write] = [await get(`${MODEL}/infer`), await ask(`${routes.origin}/v2`, "PUT")];
    expect(
      [read, write].map((answer) => [...(brief(answer) as []), answer.headers["allow"]]),
    ).toEqual([
      [405, { error: expect.stringContaining("does not accept GET. Use POST.") }, "POST"],
      [
        405,
        { error: expect.stringContaining("does not accept PUT. Use GET or HEAD.") },
        "GET, HEAD",
      ],
    ]);
  });

  test("an address of protocol v1 accepts its verb's method", async () => {
    const { origin } = await openConstantServer();
    const allowed = ["", ":predict", "%3Apredict"].map(
      async (verb) => (await ask(`${origin}/v1/models/starter${verb}`, "PUT")).headers["allow"],
    );
    expect(await Promise.all(allowed)).toEqual(["GET, HEAD", "POST", "POST"]);
  });

  test("HEAD is GET without its body", async () => {
    const answer = await ask(`${routes.origin}/v2/health/ready`, "HEAD");
    expect([answer.status, answer.bytes.length]).toEqual([200, 0]);
  });
});

describe("2: infer", () => {
  test("the id is returned", async () => {
    expect(await infer(NOTEBOOK_REQUEST)).toMatchObject({ status: 200, json: { id: "42" } });
  });

  test("the id is a string if the request has none", async () => {
    expect((await infer({ inputs: [PROMPT] })).json).toMatchObject({ id: "" });
  });

  test("model_name is always there, model_version if the address has one", async () => {
    const versioned = `${routes.origin}${MODEL}/versions/1.0/infer`;
    expect((await postJson(versioned, NOTEBOOK_REQUEST)).json).toMatchObject({
      model_name: "starter",
      model_version: "1.0",
    });
    const { json } = await infer(NOTEBOOK_REQUEST);
    expect(json).toMatchObject({ model_name: "starter" });
    expect(json).not.toHaveProperty("model_version");
  });

  test("an unknown version is 404", async () => {
    const answer = await postJson(`${routes.origin}${MODEL}/versions/2/infer`, NOTEBOOK_REQUEST);
    expect(brief(answer)).toEqual([404, REFUSED]);
  });

  test("outputs name the output", async () => {
    expect((await infer({ inputs: [PROMPT], outputs: [{ name: "image" }] })).status).toBe(200);
  });

  test("an unknown output is 400, and nothing is drawn", async () => {
    const answer = await infer({ inputs: [PROMPT], outputs: [{ name: "mask" }] });
    expect(brief(answer)).toEqual([400, REFUSED]);
    expect(routes.engine.jobs).toEqual([]);
  });

  test("the reply contains seed, device and seconds", async () => {
    const seed = { name: "seed", shape: [1], datatype: "INT64", data: [7] };
    expect((await infer({ inputs: [PROMPT, seed] })).json).toMatchObject({
      parameters: { seed: "7", device: "cpu", seconds: expect.any(Number) },
    });
  });

  test("several prompts are one tensor of pictures", async () => {
    const inputs = [{ ...PROMPT, shape: [2], data: ["a cat", "a dog"] }];
    const answer = await infer({ inputs, parameters: { seed: 4 } });
    expect(outputOf(answer)).toMatchObject({ shape: [2, 2, 4, 3], data: [NESTED, NESTED] });
    expect(answer.json).toMatchObject({ parameters: { seed: "4,5" } });
    expect(prompts()).toEqual(["a cat", "a dog"]);
  });

  test("several pictures of a prompt are, too", async () => {
    const answer = await infer({ inputs: [PROMPT], parameters: { count: 3, seed: 1 } });
    expect(outputOf(answer)).toMatchObject({ shape: [3, 2, 4, 3] });
    expect(answer.json).toMatchObject({ parameters: { seed: "1,2,3" } });
  });

  test("a timeout in microseconds is the request's limit", async () => {
    const seen: unknown[] = [];
    const engine = new ConstantEngine();
    const { origin } = await openRoutes({
      engine,
      admission: {
        draw: ({ timeLimitSeconds, job, signal }) => {
          seen.push(timeLimitSeconds);
          return engine.draw({ ...job, keepsPictures: false }, signal);
        },
      },
    });
    for (const timeout of [2_500_000, 0, "1000000"]) {
      await postJson(`${origin}${MODEL}/infer`, { inputs: [PROMPT], parameters: { timeout } });
    }
    expect(seen).toEqual([2.5, undefined, 1]);
  });

  test.each([-1, "soon", true])("a timeout of %j is refused", async (timeout) => {
    const answer = await infer({ inputs: [PROMPT], parameters: { timeout } });
    expect(brief(answer)).toEqual([400, REFUSED]);
  });
});

describe("3: a prompt as BYTES", () => {
  test("is text in JSON", async () => {
    await infer({ inputs: [{ ...PROMPT, data: ["a 🐈"] }] });
    expect(prompts()).toEqual(["a 🐈"]);
  });

  test("is base64 in JSON if the tensor says so", async () => {
    const input = { ...PROMPT, parameters: { content_type: "base64" }, data: [btoa("a cat")] };
    await infer({ inputs: [input] });
    expect(prompts()).toEqual(["a cat"]);
  });

  test("is binary", async () => {
    const input = { ...PROMPT, data: undefined, parameters: { binary_data_size: 9 } };
    const body = binaryBody({ inputs: [input] }, element("a cat"));
    expect((await postBinary(`${routes.origin}${MODEL}/infer`, body)).status).toBe(200);
    expect(prompts()).toEqual(["a cat"]);
  });

  test("is refused if it is not text: NUL, or invalid UTF-8", async () => {
    for (const bytes of [Uint8Array.of(0x61, 0), Uint8Array.of(0xc3, 0x28)]) {
      const input = { ...PROMPT, data: undefined, parameters: { binary_data_size: 6 } };
      const body = binaryBody({ inputs: [input] }, element(bytes));
      expect(brief(await postBinary(`${routes.origin}${MODEL}/infer`, body))).toEqual([
        400,
        REFUSED,
      ]);
    }
  });
});

describe("4: shapes", () => {
  test.each([
    [[1], ["a cat"]],
    [[1, 1], ["a cat"]],
    [[-1], ["a cat"]],
    [-1, "a cat"],
    [undefined, ["a cat"]],
    [undefined, "a cat"],
  ])("%j around %j is one prompt", async (shape, data) => {
    expect((await infer({ inputs: [{ ...PROMPT, shape, data }] })).status).toBe(200);
    expect(prompts()).toEqual(["a cat"]);
  });

  test("a shape that does not match the data is refused", async () => {
    expect(brief(await infer({ inputs: [{ ...PROMPT, shape: [2] }] }))).toEqual([400, REFUSED]);
  });
});

describe("5: the picture", () => {
  const output = (parameters: object): Promise<Answer> =>
    infer({ inputs: [PROMPT], outputs: [{ name: "image", parameters }] });

  test("is nested bytes as JSON", async () => {
    const tensor = { name: "image", shape: [2, 4, 3], datatype: "UINT8", data: NESTED };
    expect(outputOf(await output({}))).toEqual(tensor);
  });

  test("is flat bytes as JSON", async () => {
    expect(outputOf(await output({ flat: true }))).toMatchObject({
      shape: [2, 4, 3],
      data: [...FEW_PIXELS.data],
    });
  });

  test("is binary bytes", async () => {
    expect(split(await output({ binary_data: true })).binary).toEqual(Buffer.from(FEW_PIXELS.data));
  });

  test("is FP32 from 0 to 1, as JSON and binary", async () => {
    const floats = Float32Array.from(FEW_PIXELS.data, (byte) => byte / 255);
    const json = outputOf(await output({ datatype: "FP32", flat: true }))["data"] as number[];
    expect(Float32Array.from(json)).toEqual(floats);
    const { binary } = split(await output({ datatype: "FP32", binary_data: true }));
    expect(new Float32Array(new Uint8Array(binary).buffer)).toEqual(floats);
  });

  test("is FP16 as a binary tensor", async () => {
    const { binary, json } = split(await output({ datatype: "FP16", binary_data: true }));
    const halves = new Float16Array(Float32Array.from(FEW_PIXELS.data, (byte) => byte / 255));
    expect(new Float16Array(new Uint8Array(binary).buffer)).toEqual(halves);
    expect(json).toMatchObject({ outputs: [{ datatype: "FP16" }] });
  });

  test("is not FP16 as JSON", async () => {
    expect(brief(await output({ datatype: "FP16" }))).toEqual([400, REFUSED]);
  });

  test("is a PNG with its settings, as base64", async () => {
    const tensor = outputOf(await output({ format: "png" }));
    expect(tensor).toMatchObject({ datatype: "BYTES", shape: [1], data: [expect.any(String)] });
    const png = Buffer.from((tensor["data"] as string[])[0]!, "base64");
    expect((await sharp(png).removeAlpha().raw().toBuffer()).equals(FEW_PIXELS.data)).toBe(true);
    expect([...readPngTexts(png).keys()]).toEqual(["darkroom", "parameters"]);
  });

  test.each(["jpeg", "webp"])("is a file of %s as a binary tensor", async (format) => {
    const { binary } = split(await output({ format, binary_data: true }));
    const file = binary.subarray(4);
    expect(binary.equals(joinElements([file]))).toBe(true);
    expect(await sharp(file).metadata()).toMatchObject({ format, width: 4, height: 2 });
  });

  test("is exactly the notebook's reply if the settings say so", async () => {
    const { origin } = await openRoutes({ settings: { isSeedProfile: true } });
    expect(
      brief(await postJson(`${origin}/v2/models/stable-diffusion/infer`, NOTEBOOK_REQUEST)),
    ).toEqual([
      200,
      {
        id: "42",
        outputs: [{ name: "output0", datatype: "fp16", shape: [2, 4, 3], data: NESTED }],
      },
    ]);
  });

  test("is the notebook's reply if the key says so, whatever is requested", async () => {
    const caller = { id: "k1", keyName: "notebook", isSeedProfile: true };
    const { origin } = await openRoutes({ caller });
    const message = { ...NOTEBOOK_REQUEST, id: "7", outputs: [{ name: "output0" }] };
    expect((await postJson(`${origin}${MODEL}/infer`, message)).json).toMatchObject({ id: "42" });
  });

  test("is ordinary for a key that does not say so, whatever the settings are", async () => {
    const caller = { id: "k1", keyName: "notebook", isSeedProfile: false };
    const { origin } = await openRoutes({ caller, settings: { isSeedProfile: true } });
    const { json } = await postJson(`${origin}${MODEL}/infer`, NOTEBOOK_REQUEST);
    expect(json).toMatchObject({ model_name: "starter" });
  });
});

describe("6: binary tensors", () => {
  const input = { ...PROMPT, data: undefined, parameters: { binary_data_size: 9 } };
  const post = (body: Parameters<typeof postBinary>[1], headers = {}): Promise<Answer> =>
    postBinary(`${routes.origin}${MODEL}/infer`, body, headers);

  test("binary_data_output requests all outputs", async () => {
    const answer = await infer({ inputs: [PROMPT], parameters: { binary_data_output: true } });
    expect(answer.headers["content-type"]).toBe("application/octet-stream");
    expect(Number(answer.headers["content-length"])).toBe(answer.bytes.length);
    expect(split(answer).json).toMatchObject({
      model_name: "starter",
      outputs: [{ name: "image", parameters: { binary_data_size: FEW_PIXELS.data.length } }],
    });
  });

  test("binary_data of an output takes precedence", async () => {
    const outputs = [{ name: "image", parameters: { binary_data: false } }];
    const answer = await infer({
      inputs: [PROMPT],
      parameters: { binary_data_output: true },
      outputs,
    });
    expect(outputOf(answer)).toMatchObject({ data: NESTED.flat(2) });
    expect(answer.headers["inference-header-content-length"]).toBeUndefined();
  });

  test("JSON inputs may be mixed with binary ones", async () => {
    const seed = { name: "seed", shape: [1], datatype: "INT64", data: [7] };
    const width = { name: "width", datatype: "INT32", parameters: { binary_data_size: 4 } };
    const body = binaryBody(
      { inputs: [input, seed, width] },
      element("a cat"),
      Uint8Array.of(0, 2, 0, 0),
    );
    expect((await post(body)).status).toBe(200);
    expect(routes.engine.jobs[0]!.requests).toMatchObject([
      { prompt: "a cat", seed: "7", width: 512 },
    ]);
  });

  test.each(["-1", "1000", "many", "1e2", ""])(
    "a header length of %j is refused",
    async (length) => {
      const { bytes } = binaryBody({ inputs: [input] }, element("a cat"));
      expect(brief(await post({ bytes, headerLength: length }))).toEqual([400, REFUSED]);
    },
  );

  test("a repeated header length is refused", async () => {
    const body = JSON.stringify({ inputs: [PROMPT] });
    const length = `Inference-Header-Content-Length: ${body.length}`;
    const head = `POST ${MODEL}/infer HTTP/1.1\r\nHost: a\r\n${length}\r\n${length}\r\nConnection: close\r\n`;
    const text = `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
    expect(await rawRequest(routes.port, text)).toMatch(/^HTTP\/1.1 400 .*\{"error":"/s);
  });

  test("a header length of 0 is a raw prompt, and the reply is binary", async () => {
    const answer = await post({ bytes: utf8("a cat"), headerLength: "0" });
    expect(split(answer).binary).toEqual(Buffer.from(FEW_PIXELS.data));
    expect(prompts()).toEqual(["a cat"]);
  });

  test.each([
    ["short", element("a ca")],
    ["surplus", element("a cat!")],
  ])("%s bytes are refused", async (_, bytes) => {
    expect(brief(await post(binaryBody({ inputs: [input] }, bytes)))).toEqual([400, REFUSED]);
  });

  test("tensors are found if a proxy dropped the header", async () => {
    const { bytes } = binaryBody({ inputs: [input] }, element("a cat"));
    expect((await post({ bytes })).status).toBe(200);
    expect(prompts()).toEqual(["a cat"]);
  });
});

describe("7: compression", () => {
  const packed = (bytes: Uint8Array, encoding: string, headers = {}): Promise<Answer> =>
    ask(`${routes.origin}${MODEL}/infer`, "POST", {
      body: bytes,
      headers: { "content-type": "application/json", "content-encoding": encoding, ...headers },
    });
  const text = utf8(JSON.stringify({ inputs: [PROMPT] }));

  test.each([
    ["gzip", gzipSync(text)],
    ["GZIP", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["deflate", deflateRawSync(text)],
    ["identity", text],
  ])("a request in %s is decompressed", async (encoding, bytes) => {
    expect((await packed(bytes, encoding)).status).toBe(200);
    expect(prompts()).toEqual(["a cat"]);
  });

  test("the header's length counts the decompressed JSON", async () => {
    const input = { ...PROMPT, data: undefined, parameters: { binary_data_size: 9 } };
    const { bytes, headerLength = "" } = binaryBody({ inputs: [input] }, element("a cat"));
    const headers = { "inference-header-content-length": headerLength };
    expect((await packed(gzipSync(bytes), "gzip", headers)).status).toBe(200);
    expect(prompts()).toEqual(["a cat"]);
  });

  test.each(["br", "zstd", "gzip, gzip", "constructor"])("a request in %s is 415", async (name) => {
    expect(brief(await packed(text, name))).toEqual([415, REFUSED]);
  });

  test.each([
    ["gzip", utf8("no gzip at all")],
    ["gzip", gzipSync(text).subarray(0, 20)],
    ["deflate", utf8("no deflate at all")],
    ["gzip", utf8("")],
  ])("broken %s is 400", async (encoding, bytes) => {
    expect(brief(await packed(bytes, encoding))).toEqual([400, REFUSED]);
  });

  describe("of a reply", () => {
    const prompt40 = { ...PROMPT, shape: [40], data: Array.from({ length: 40 }, () => "a cat") };
    const accepting = (accept: string, message: object = {}): Promise<Answer> =>
      infer({ inputs: [prompt40], ...message }, { "accept-encoding": accept });

    test.each([
      ["gzip", "gzip"],
      ["deflate, gzip", "gzip"],
      ["gzip;q=0.2, deflate;q=0.8", "deflate"],
      ["*", "gzip"],
      ["br, gzip;q=0.5", "gzip"],
    ])("%s gets %s", async (accept, encoding) => {
      const { bytes, headers } = await accepting(accept);
      expect([headers["content-encoding"], headers["vary"]]).toEqual([encoding, "accept-encoding"]);
      const json = jsonOf(encoding === "gzip" ? gunzipSync(bytes) : inflateSync(bytes));
      expect(json).toMatchObject({ outputs: [{ shape: [40, 2, 4, 3] }] });
    });

    test.each(["identity", "br", "gzip;q=0", "gzip;q=0.5, identity", ""])(
      "%j gets none",
      async (accept) => {
        const { headers, bytes } = await accepting(accept);
        expect(headers["content-encoding"]).toBeUndefined();
        expect(Number(headers["content-length"])).toBe(bytes.length);
      },
    );

    test("the header's length counts the decompressed JSON", async () => {
      const answer = await accepting("gzip", { parameters: { binary_data_output: true } });
      const { binary, json } = split({ ...answer, bytes: gunzipSync(answer.bytes) });
      expect(json).toMatchObject({ outputs: [{ shape: [40, 2, 4, 3] }] });
      expect(binary.length).toBe(40 * FEW_PIXELS.data.length);
    });
  });
});

describe("8: limits", () => {
  const spaces = (count: number): string => " ".repeat(count);

  test("a body of more than 8 MiB is 413 with the number", async () => {
    const answer = await infer(JSON.stringify({ inputs: [PROMPT] }) + spaces(MAX_BODY_BYTES));
    expect(brief(answer)).toEqual([
      413,
      { error: expect.stringMatching(/^The body is larger than 8 MiB, compressed or not\./) },
    ]);
  });

  test("so is one that announces it and sends nothing", async () => {
    const head = `POST ${MODEL}/infer HTTP/1.1\r\nHost: a\r\nContent-Length: ${MAX_BODY_BYTES + 1}\r\n\r\n`;
    const reply = await rawRequest(routes.port, head, { patienceMs: 200 });
    expect(reply).toMatch(/^HTTP\/1.1 413 .*\{"error":"/s);
  });

  test("so is one in pieces that does not announce it", async () => {
    const chunk = `10000\r\n${spaces(0x10000)}\r\n`;
    const head = `POST ${MODEL}/infer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const reply = await rawRequest(routes.port, head + chunk.repeat(130), { patienceMs: 200 });
    expect(reply).toMatch(/^HTTP\/1.1 413 /);
  });

  test("so is one that decompresses to more", async () => {
    const bytes = gzipSync(spaces(MAX_BODY_BYTES + 1));
    expect(bytes.length).toBeLessThan(10_000);
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    const answer = await ask(`${routes.origin}${MODEL}/infer`, "POST", { body: bytes, headers });
    expect(brief(answer)).toEqual([413, REFUSED]);
  });

  test("a body in pieces is put together", async () => {
    const chunks = Array.from(JSON.stringify({ inputs: [PROMPT] })).map(
      (letter) => `1\r\n${letter}\r\n`,
    );
    const head = `POST ${MODEL}/infer HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`;
    expect(await rawRequest(routes.port, `${head}${chunks.join("")}0\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 200 /,
    );
  });

  test("more than 64k pieces are 413, and use no memory", async () => {
    const head = `POST ${MODEL}/infer HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const text = head + "1\r\n \r\n".repeat(70_000) + "0\r\n\r\n";
    await rawRequest(routes.port, text);
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 3; i++) {
      expect(await rawRequest(routes.port, text)).toMatch(/^HTTP\/1.1 413 .*65536 pieces/s);
    }
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 << 20);
  });

  test.each([101, 100_000])("JSON of depth %i is 400", async (depth) => {
    const data = "[".repeat(depth) + "]".repeat(depth);
    const answer = await infer(`{"inputs":[{"name":"prompt","datatype":"BYTES","data":${data}}]}`);
    expect(brief(answer)).toEqual([400, REFUSED]);
  });

  test("more than 100 pictures are 400", async () => {
    const answer = await infer({ inputs: [PROMPT], parameters: { count: 101 } });
    expect(brief(answer)).toEqual([400, REFUSED]);
  });

  test.each(["", "{", "null", "[]", '"a"', "{}", '{"inputs":7}', '{"inputs":[{}]}', "\u0000"])(
    "%j is 400",
    async (body) => {
      expect(brief(await infer(body))).toEqual([400, REFUSED]);
    },
  );

  test("a body without a type, or with another one, is read nevertheless", async () => {
    const body = JSON.stringify({ inputs: [PROMPT] });
    const url = `${routes.origin}${MODEL}/infer`;
    const types = [{}, { "content-type": "text/plain" }];
    const answers = await Promise.all(types.map((headers) => ask(url, "POST", { body, headers })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  test("an invalid type is 415", async () => {
    const headers = { "content-type": "x" };
    const answer = await ask(`${routes.origin}${MODEL}/infer`, "POST", { body: "{}", headers });
    expect(brief(answer)).toEqual([415, REFUSED]);
  });
});

// oxlint-disable-next-line require-yield -- it is refused before anything is drawn
async function* refusedDrawing(error: StudioError): AsyncGenerator<never, void> {
  throw error;
}

describe("9: refusals of the queue, and clients that go away", () => {
  const refusing = (error: StudioError) =>
    openRoutes({
      admission: {
        draw: () => refusedDrawing(error),
      },
    });

  test("a full queue is 503, with a retry time", async () => {
    const error = new StudioError("QUEUE_FULL", { waiting: 10, seconds: 41.2 });
    const { origin } = await refusing(error);
    const answer = await postJson(`${origin}${MODEL}/infer`, NOTEBOOK_REQUEST);
    expect([...(brief(answer) as []), answer.headers["retry-after"]]).toEqual([503, REFUSED, "42"]);
  });

  test("a request that ended before it started took one second, not none", async () => {
    const error = new StudioError("TIME_LIMIT", { expected: 60, limit: 30, seconds: 0 });
    const { origin } = await refusing(error);
    const answer = await postJson(`${origin}${MODEL}/infer`, NOTEBOOK_REQUEST);
    expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "1"]);
  });

  test("the queue itself refuses what is too much, and forgets clients that disconnect", async () => {
    const engine = new ConstantEngine({ steps: 1000, stepMs: 5 });
    const { origin } = await openConstantServer({ queueLength: 1 }, engine);
    const url = `${origin}${MODEL}/infer`;
    const headers = { "content-type": "application/json" };
    const client = new AbortController();
    const begin = (): Promise<unknown> =>
      fetch(url, {
        method: "POST",
        headers,
        body: JSON.stringify(NOTEBOOK_REQUEST),
        signal: client.signal,
      }).catch((error: unknown) => error);
    const first = begin();
    await expect.poll(() => engine.jobs.length).toBe(1);
    const second = begin();
    const third = async (): Promise<Answer> => postJson(url, NOTEBOOK_REQUEST);
    await expect.poll(async () => (await third()).status).toBe(503);
    const refused = await third();
    expect([refused.json, refused.headers["retry-after"]]).toEqual([
      { error: expect.stringMatching(/^The queue is full: 1 /) },
      expect.stringMatching(/^[1-9]\d*$/),
    ]);
    client.abort();
    await Promise.all([first, second]);
    await expect.poll(() => engine.abortedJobs).toBe(1);
    expect(engine.jobs).toHaveLength(1);
  });

  test("a crash of the inference process is 503", async () => {
    const details = { doing: "denoising", reason: "signal SIGKILL" };
    const { origin } = await refusing(new StudioError("INFERENCE_CRASHED", details));
    expect((await postJson(`${origin}${MODEL}/infer`, NOTEBOOK_REQUEST)).status).toBe(503);
  });

  test("an internal error is 500 with a fixed message, and logged", async () => {
    const error = new TypeError("a secret of /home/me/darkroom");
    const engine = new ConstantEngine({ failure: { afterSteps: 1, error } });
    const { origin, logged } = await openRoutes({ engine });
    const sentence =
      "An internal error occurred: an unexpected error. Report it; the log has the details.";
    const answer = await postJson(`${origin}${MODEL}/infer`, NOTEBOOK_REQUEST);
    expect(brief(answer)).toEqual([500, { error: sentence }]);
    expect(logged).toEqual([error]);
  });

  test("a refusal does not reveal paths on this machine", async () => {
    const error = new StudioError("DISK_FULL", {
      path: "/home/me/darkroom/models",
      needed: "3 GB",
    });
    const { origin } = await refusing(error);
    const { json } = await postJson(`${origin}${MODEL}/infer`, NOTEBOOK_REQUEST);
    expect(json).toEqual({ error: expect.stringContaining("…/models needs 3 GB") });
    expect(JSON.stringify(json)).not.toContain("/home");
  });

  test("a client that disconnects ends its drawing", async () => {
    const engine = new ConstantEngine({ steps: 1000, stepMs: 5 });
    const { origin } = await openRoutes({ engine });
    const client = new AbortController();
    const body = JSON.stringify(NOTEBOOK_REQUEST);
    const { signal } = client;
    const reply = fetch(`${origin}${MODEL}/infer`, { method: "POST", body, signal });
    await expect.poll(() => engine.jobs.length).toBe(1);
    client.abort();
    await expect(reply).rejects.toThrow("aborted");
    await expect.poll(() => engine.abortedJobs).toBe(1);
  });

  test("a client that reads its reply does not count as disconnected", async () => {
    const { origin, engine } = await openRoutes();
    await postJson(`${origin}${MODEL}/infer`, NOTEBOOK_REQUEST);
    expect(engine.abortedJobs).toBe(0);
  });
});

describe("10: the repository", () => {
  const index = [
    { name: "other", version: "1.0", state: "UNAVAILABLE", reason: "it is not loaded" },
    { name: "starter", version: "1.0", state: "READY", reason: "" },
  ];
  const post = (path: string, body?: string): Promise<Answer> =>
    ask(`${routes.origin}/v2/repository${path}`, "POST", body === undefined ? {} : { body });
  beforeEach(() => {
    routes.engine.loads.length = 0;
  });

  test.each([undefined, "", "{}", '{"ready":false}'])("lists all models for %j", async (body) => {
    expect(brief(await post("/index", body))).toEqual([200, index]);
  });

  test("lists the ready ones", async () => {
    expect(brief(await post("/index", '{"ready":true}'))).toEqual([200, [index[1]]]);
  });

  test.each(["7", '{"ready":"yes"}', "{"])("refuses %j", async (body) => {
    expect(brief(await post("/index", body))).toEqual([400, REFUSED]);
  });

  test("loads, and loads once", async () => {
    expect(brief(await post("/models/other/load"))).toEqual([200, { name: "other", load: true }]);
    expect((await post("/models/other/load", "{}")).status).toBe(200);
    expect(routes.engine.loads).toEqual(["load other"]);
    expect((await get("/v2/models/other/ready")).status).toBe(200);
    expect((await get("/v2/models/starter/ready")).status).toBe(503);
  });

  test("unloads, and unloads once", async () => {
    const unloaded = { name: "starter", unload: true };
    const body = '{"parameters":{"unload_dependents":true}}';
    expect(brief(await post("/models/starter/unload", body))).toEqual([200, unloaded]);
    expect((await post("/models/starter/unload")).status).toBe(200);
    expect((await post("/models/stable-diffusion/unload")).status).toBe(200);
    expect(routes.engine.loads).toEqual(["unload starter"]);
    expect((await get("/v2/health/ready")).status).toBe(503);
  });

  test("the notebook's name means the served model", async () => {
    expect((await post("/models/stable-diffusion/load")).status).toBe(200);
    expect(routes.engine.loads).toEqual([]);
    await post("/models/stable-diffusion/unload");
    expect(routes.engine.loads).toEqual(["unload starter"]);
  });

  test.each(["load", "unload"])("an unknown model failed to %s", async (verb) => {
    const error = expect.stringMatching(`^nope failed to ${verb}: There is no model called nope`);
    expect(brief(await post(`/models/nope/${verb}`))).toEqual([404, { error }]);
  });

  test.each([
    '{"parameters":{"config":"{}"}}',
    '{"parameters":{"config":"{}","file:1/model.onnx":"AAAA"}}',
    '{"parameters":{"file:1/model.onnx":"AAAA"}}',
  ])("%s is refused: a model is loaded as it is in the store", async (body) => {
    expect(brief(await post("/models/other/load", body))).toEqual([400, REFUSED]);
  });
});

describe("extensions", () => {
  const versioned = (end: string): readonly string[] =>
    [MODEL, `${MODEL}/versions/1.0`].map((model) => `${model}${end}`);

  test.each([
    ...versioned("/config").map((path) => [path, "the model configuration extension"]),
    ...versioned("/infer_stream").map((path) => [path, "infer_stream; use generate_stream"]),
    [`${MODEL}/trace/setting`, "the trace extension"],
    ["/v2/trace/setting", "the trace extension"],
    ["/v2/logging", "the logging extension"],
    ["/v2/systemsharedmemory/status", "the system shared memory extension"],
    ["/v2/systemsharedmemory/region/a/register", "the system shared memory extension"],
    ["/v2/cudasharedmemory/region/a/status", "the CUDA shared memory extension"],
    ["/v2/repository/mine/index", "several repositories; use /v2/repository/index"],
  ])("%s is refused by name", async (path, extension) => {
    const error = expect.stringContaining(`does not offer ${extension}.`);
    expect(brief(await get(path))).toEqual([501, { error }]);
    expect(brief(await postJson(`${routes.origin}${path}`, {}))).toEqual([501, { error }]);
  });

  test.each(["sequence_id", "sequence_start", "sequence_end", "priority"])(
    "the parameter %s is refused by name, and 0 means none",
    async (name) => {
      const error = expect.stringContaining(`parameters.${name} cannot be used`);
      const asked = await infer({ inputs: [PROMPT], parameters: { [name]: 1 } });
      const generate = `${routes.origin}/v2/models/starter/generate`;
      const told = await postJson(generate, { text_input: "a cat", [name]: 1 });
      expect([brief(asked), brief(told)]).toEqual([
        [400, { error }],
        [400, { error }],
      ]);
      expect(routes.engine.jobs).toEqual([]);
      expect((await infer({ inputs: [PROMPT], parameters: { [name]: 0 } })).status).toBe(200);
    },
  );

  test("classification of an output is refused by name", async () => {
    const outputs = [{ name: "image", parameters: { classification: 3 } }];
    const error = expect.stringContaining("classification cannot be used");
    expect(brief(await infer({ inputs: [PROMPT], outputs }))).toEqual([400, { error }]);
  });

  test("shared memory of a tensor is refused by name, in and out", async () => {
    const parameters = { shared_memory_region: "a", shared_memory_byte_size: 8 };
    const asked = [
      { inputs: [{ ...PROMPT, data: undefined, parameters }] },
      { inputs: [PROMPT], outputs: [{ name: "image", parameters }] },
    ];
    const error = expect.stringContaining("shared memory is not offered");
    for (const message of asked) expect(brief(await infer(message))).toEqual([400, { error }]);
  });

  test("statistics are reported for one model, and for all", async () => {
    const name = { name: "starter" };
    for (const path of versioned("/stats")) {
      expect((await get(path)).json).toMatchObject({ model_stats: [name] });
    }
    expect((await get(`${MODEL}/versions/2/stats`)).status).toBe(404);
    expect((await get("/v2/models/stats")).json).toMatchObject({ model_stats: [{}, name] });
  });
});

describe("11: protocol v1", () => {
  const predict = (message: unknown, path = "/v1/models/starter:predict"): Promise<Answer> =>
    postJson(`${routes.origin}${path}`, message);

  test("is alive", async () => {
    expect(brief(await get("/"))).toEqual([200, { status: "alive" }]);
  });

  test("lists", async () => {
    expect(brief(await get("/v1/models"))).toEqual([
      200,
      { models: ["starter", "stable-diffusion"] },
    ]);
  });

  test("is ready, not ready, unknown", async () => {
    expect(brief(await get("/v1/models/starter"))).toEqual([200, { name: "starter", ready: true }]);
    expect((await get("/v1/models/other")).status).toBe(503);
    expect((await get("/v1/models/nope")).status).toBe(404);
  });

  test.each(["instances", "inputs"])("predicts PNGs from %s", async (key) => {
    const { status, json } = await predict({ [key]: ["a cat", { prompt: "a dog", seed: 3 }] });
    expect([status, prompts()]).toEqual([200, ["a cat", "a dog"]]);
    const { predictions } = json as { predictions: string[] };
    expect(predictions).toHaveLength(2);
    const png = await sharp(Buffer.from(predictions[0]!, "base64")).metadata();
    expect(png).toMatchObject({ format: "png", width: 4 });
  });

  test("predicts nested numbers on request", async () => {
    const { json } = await predict({ instances: ["a cat"], parameters: { format: "raw" } });
    expect(json).toEqual({ predictions: [NESTED] });
  });

  test("every instance has its own size and number of pictures", async () => {
    const { origin } = await openRoutes({ engine: new ConstantEngine({ isSized: true }) });
    const instances = [
      { prompt: "a", width: 64, height: 72, count: 2 },
      { prompt: "b", width: 80, height: 64 },
    ];
    const message = { instances, parameters: { format: "raw" } };
    const { json } = await postJson(`${origin}/v1/models/starter:predict`, message);
    const { predictions } = json as { predictions: number[][][][] };
    expect(predictions.map((rows) => [rows.length, rows[0]!.length])).toEqual([
      [72, 64],
      [72, 64],
      [64, 80],
    ]);
  });

  test("accepts the colon percent-encoded", async () => {
    expect((await predict({ instances: ["a"] }, "/v1/models/starter%3Apredict")).status).toBe(200);
  });

  test.each([[{}], [{ instances: [] }], [{ instances: [7] }], ["{"]])(
    "refuses %j",
    async (body) => {
      expect(brief(await predict(body))).toEqual([400, REFUSED]);
    },
  );

  test.each(["/v1/models/nope:predict", "/v1/models/starter:explain", "/v1/models/starter"])(
    "%s is 404",
    async (path) => {
      expect(brief(await predict({ instances: ["a"] }, path))).toEqual([404, REFUSED]);
    },
  );
});

describe("12: generate", () => {
  const post = (end: string, message: unknown, origin = routes.origin): Promise<Answer> =>
    postJson(`${origin}${MODEL}/${end}`, message);
  const events = ({ bytes }: Answer): Record<string, unknown>[] =>
    eventsOf(bytes.toString()) as Record<string, unknown>[];

  test("replies with a PNG as text", async () => {
    const { json } = await post("generate", { id: "7", text_input: "a cat" });
    expect(json).toMatchObject({ id: "7", outputs: [{ datatype: "BYTES", shape: [1] }] });
    expect(prompts()).toEqual(["a cat"]);
  });

  test("streams an event for each step, and the reply at the end", async () => {
    const answer = await post("generate_stream", { id: "7", text_input: "a cat", count: 2 });
    expect(answer.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    expect(answer.bytes.toString()).toMatch(/^(?:data: \{[^\n]*\}\n\n){5}$/);
    const [first, ...others] = events(answer);
    expect(first).toEqual({
      id: "7",
      model_name: "starter",
      step: 1,
      of: 4,
      preview: expect.any(String),
    });
    expect(others.slice(0, -1)).toEqual(
      [2, 3, 4].map((step) => ({ id: "7", model_name: "starter", step, of: 4 })),
    );
    expect(others.at(-1)).toMatchObject({ id: "7", outputs: [{ datatype: "BYTES", shape: [2] }] });
  });

  test("previews are small PNGs", async () => {
    const [first] = events(await post("generate_stream", { text_input: "a cat" }));
    const preview = Buffer.from(String(first!["preview"]), "base64");
    expect(await sharp(preview).metadata()).toMatchObject({ format: "png", width: 4 });
  });

  test("accepts the ordinary request, and extra keys as settings", async () => {
    await post("generate_stream", { ...NOTEBOOK_REQUEST, parameters: { steps: 3 } });
    await post("generate_stream", { text_input: "a cat", seed: 9, parameters: { steps: 4 } });
    expect(routes.engine.jobs.flatMap(({ requests }) => requests)).toMatchObject([
      { prompt: "Photo of a dog", steps: 3 },
      { prompt: "a cat", steps: 4, seed: "9" },
    ]);
  });

  test("the last event contains nested numbers on request", async () => {
    const parameters = { format: "raw" };
    const last = events(await post("generate_stream", { text_input: "a", parameters })).at(-1);
    expect(last).toMatchObject({ outputs: [{ datatype: "UINT8", data: NESTED }] });
  });

  test("binary tensors are refused", async () => {
    const message = { text_input: "a", parameters: { binary_data_output: true } };
    expect(brief(await post("generate_stream", message))).toEqual([400, REFUSED]);
  });

  test("a refusal before the start has its status", async () => {
    expect(brief(await post("generate_stream", { text_input: 7 }))).toEqual([400, REFUSED]);
    const error = new StudioError("DEVICE_UNAVAILABLE", { device: "cpu", reason: "it is busy" });
    const { origin } = await openRoutes({
      engine: new ConstantEngine({ failure: { afterSteps: 0, error } }),
    });
    expect(brief(await post("generate_stream", { text_input: "a" }, origin))).toEqual([
      503,
      REFUSED,
    ]);
  });

  test("a failure after the start is an event", async () => {
    const error = new StudioError("OUT_OF_MEMORY", { doing: "decoding" });
    const { origin } = await openRoutes({
      engine: new ConstantEngine({ failure: { afterSteps: 1, error } }),
    });
    const answer = await post("generate_stream", { text_input: "a" }, origin);
    expect([answer.status, events(answer)]).toEqual([
      200,
      [expect.objectContaining({ step: 1 }), { error: error.message }],
    ]);
  });

  test("comments are sent while nothing happens", async () => {
    const engine = new ConstantEngine({ steps: 1, stepMs: 120 });
    const { origin } = await openRoutes({ engine, silenceMs: 30 });
    const { bytes } = await post("generate_stream", { text_input: "a" }, origin);
    expect(bytes.toString()).toMatch(/^(?:: waiting\n\n){2,}data: \{/);
  });

  test("a client that disconnects ends its drawing", async () => {
    const engine = new ConstantEngine({ steps: 1000, stepMs: 5 });
    const { origin } = await openRoutes({ engine });
    const body = JSON.stringify({ text_input: "a" });
    const reply = await fetch(`${origin}${MODEL}/generate_stream`, { method: "POST", body });
    await reply.body!.cancel();
    await expect.poll(() => engine.abortedJobs).toBe(1);
  });

  test("a client that does not read does not block the device", async () => {
    const engine = new ConstantEngine({ steps: 20_000 });
    const { origin } = await openRoutes({ engine });
    const body = JSON.stringify({ text_input: "a" });
    const reply = await fetch(`${origin}${MODEL}/generate_stream`, { method: "POST", body });
    await expect.poll(() => engine.drawnPictures).toBe(1);
    const last = eventsOf(await reply.text()).at(-1);
    expect(last).toMatchObject({ outputs: [{ datatype: "BYTES" }] });
  });
});
