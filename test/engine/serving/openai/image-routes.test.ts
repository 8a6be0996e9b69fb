import { describe, expect, test } from "vitest";
import sharp from "sharp";
import { StudioError } from "../../../../engine/contract/errors.ts";
import { ConstantEngine, FEW_PIXELS } from "../../../fakes/constant-engine.ts";
import { openInferenceServer } from "../../../fakes/open-inference-server.ts";
import { openRoutes, type OpenRoutesOptions } from "../../../fakes/open-routes.ts";
import { type Answer, ask, postJson } from "../routes/asking.ts";
import { eventsOf } from "../routes/document-check.ts";

const ON = { settings: { isOpenaiOn: true } } as const;

async function open(options: OpenRoutesOptions<ConstantEngine> = {}) {
  const { engine, origin } = await openRoutes({ ...ON, ...options });
  const generate = (message: object): Promise<Answer> =>
    postJson(`${origin}/v1/images/generations`, { prompt: "a cat", ...message });
  const asked = () => engine.jobs.flatMap(({ requests }) => requests);
  return { engine, origin, generate, asked };
}

interface Reply {
  readonly created: number;
  readonly data: readonly { readonly b64_json?: string; readonly url?: string }[];
}

describe("a request", () => {
  test("is answered with a PNG in base64", async () => {
    const { generate } = await open();
    const { status, json } = await generate({});
    const { data, ...head } = json as Reply;
    const created = expect.any(Number) as number;
    expect([status, head]).toEqual([
      200,
      { created, background: "opaque", output_format: "png", size: "4x2" },
    ]);
    const png = Buffer.from(data[0]?.b64_json ?? "", "base64");
    expect(await sharp(png).removeAlpha().raw().toBuffer()).toEqual(Buffer.from(FEW_PIXELS.data));
  });

  test("says how many, how large and how well", async () => {
    const { generate, asked } = await open();
    const { json } = await generate({ n: 3, size: "512x256", quality: "low", model: "starter" });
    expect((json as Reply).data).toHaveLength(3);
    expect(asked()).toEqual([
      { prompt: "a cat", negativePrompt: "", count: 3, width: 512, height: 256, preset: "fast" },
    ]);
  });

  test.each([
    ["medium", { preset: "balanced" }],
    ["high", { preset: "exact" }],
    ["hd", { preset: "exact" }],
    ["standard", {}],
    ["auto", {}],
  ])("quality %s", async (quality, preset) => {
    const { generate, asked } = await open();
    await generate({ quality, size: "auto" });
    expect(asked()).toEqual([{ prompt: "a cat", negativePrompt: "", count: 1, ...preset }]);
  });

  test("may contain our own settings, and options without effect", async () => {
    const { generate, asked } = await open();
    const { status } = await generate({
      negative_prompt: "fog",
      seed: 7,
      num_inference_steps: 4,
      style: "vivid",
      user: "me",
      moderation: "low",
      background: null,
    });
    expect([status, asked()]).toEqual([
      200,
      [{ prompt: "a cat", negativePrompt: "fog", seed: "7", steps: 4, count: 1 }],
    ]);
  });

  test.each(["jpeg", "webp"] as const)("comes as %s", async (format) => {
    const { generate } = await open();
    const { json } = await generate({ output_format: format });
    const [{ b64_json = "" } = {}] = (json as Reply).data;
    expect(await sharp(Buffer.from(b64_json, "base64")).metadata()).toMatchObject({ format });
  });

  test("for an address gets one that contains the picture", async () => {
    const { generate } = await open();
    const { json } = await generate({ response_format: "url", output_format: "jpeg" });
    const [{ url = "" } = {}] = (json as Reply).data;
    const picture = await fetch(url).then((reply) => reply.arrayBuffer());
    expect(await sharp(picture).metadata()).toMatchObject({ format: "jpeg", width: 4 });
  });

  test.each([
    [{ prompt: undefined }, "prompt", /^prompt cannot be absent/],
    [{ prompt: 7 }, "prompt", /^prompt cannot be 7/],
    [{ n: 11 }, "n", /^n cannot be 11/],
    [{ n: "2" }, "n", /^n cannot be "2": it must be a number/],
    [{ size: "tall" }, "size", /^size cannot be "tall": it is auto, or WIDTHxHEIGHT/],
    [{ size: "100x100" }, "size", /multiples of 8/],
    [{ quality: "superb" }, "quality", /^quality cannot be "superb": it must be auto, /],
    [{ background: "transparent" }, "background", /^background cannot be "transparent"/],
    [{ mask: "x" }, "mask", /^mask cannot be used: inpainting is not offered/],
    [{ output_compression: 50 }, "output_compression", /cannot be used/],
    [{ sampler: "x" }, "sampler", /^sampler cannot be used: this server knows no such parameter/],
    [{ "a b": "x" }, null, /^"a b" cannot be used/],
  ])("of %j is refused by its name", async (message, param, sentence) => {
    const { generate, engine } = await open();
    const { status, json } = await generate(message);
    const error = {
      message: expect.stringMatching(sentence) as string,
      type: "invalid_request_error",
      param,
      code: "request_invalid",
    };
    expect([status, json, engine.jobs]).toEqual([400, { error }, []]);
  });

  test("for a missing model, or one not served, says so", async () => {
    const { generate } = await open();
    const codes = await Promise.all(
      ["nope", "other"].map(async (model) => {
        const { status, json } = await generate({ model });
        return [status, (json as { error: { code: string } }).error.code];
      }),
    );
    expect(codes).toEqual([
      [404, "model_not_found"],
      [503, "model_not_served"],
    ]);
  });

  test("that is not JSON is refused in the same shape", async () => {
    const { origin } = await open();
    const { status, json } = await postJson(`${origin}/v1/images/generations`, "{");
    expect([status, json]).toMatchObject([400, { error: { type: "invalid_request_error" } }]);
  });
});

describe("a stream", () => {
  test("sends partial images, then the picture", async () => {
    const engine = new ConstantEngine({ steps: 4 });
    const { generate } = await open({ engine });
    const { headers, bytes } = await generate({ stream: true, partial_images: 1 });
    expect(headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    expect(eventsOf(bytes.toString())).toMatchObject([
      { type: "image_generation.partial_image", partial_image_index: 0 },
      { type: "image_generation.completed", size: "4x2", output_format: "png" },
    ]);
    expect(bytes.toString()).toContain("event: image_generation.completed\ndata: {");
  });

  test("sends none if none was requested, and continues for a client that waits", async () => {
    const engine = new ConstantEngine({ steps: 2 });
    const { generate } = await open({ engine });
    const { bytes } = await generate({ stream: true, n: 2 });
    expect(bytes.toString()).toMatch(/^(?:: step \d of 4\n\n){4}event: image_generation/);
    expect(eventsOf(bytes.toString())).toHaveLength(2);
  });

  test("ends with the failure", async () => {
    const error = new StudioError("OUT_OF_MEMORY", { doing: "decoding" });
    const engine = new ConstantEngine({ failure: { afterSteps: 1, error } });
    const { generate } = await open({ engine });
    const { bytes } = await generate({ stream: true });
    expect(eventsOf(bytes.toString())).toEqual([
      {
        error: { message: error.message, type: "server_error", param: null, code: "out_of_memory" },
      },
    ]);
  });

  test("that is not read any more frees the device", async () => {
    const engine = new ConstantEngine({ steps: 1000, stepMs: 5 });
    const { origin } = await open({ engine });
    const reply = await fetch(`${origin}/v1/images/generations`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ prompt: "a cat", stream: true }),
    });
    await reply.body?.cancel();
    await expect.poll(() => engine.abortedJobs).toBe(1);
  });
});

describe("the switch", () => {
  test("is off by default: the address does not exist", async () => {
    const { origin, engine } = await openRoutes();
    const { status } = await postJson(`${origin}/v1/images/generations`, { prompt: "a cat" });
    expect([status, engine.jobs]).toEqual([404, []]);
    expect((await ask(`${origin}/v1/models`)).json).toEqual({
      models: ["starter", "stable-diffusion"],
    });
  });

  test("adds OpenAI's list of models to protocol v1's", async () => {
    const { origin } = await open();
    const get = (path: string) => fetch(`${origin}${path}`).then((reply) => reply.json());
    const model = { object: "model", owned_by: "darkroom" };
    expect(await get("/v1/models")).toMatchObject({
      models: ["starter", "stable-diffusion"],
      object: "list",
      data: [
        { id: "starter", ...model },
        { id: "stable-diffusion", ...model },
      ],
    });
    expect(await get("/v1/models/starter")).toMatchObject({ id: "starter", ...model, ready: true });
  });

  test("can be changed while the server listens, and is in its document", async () => {
    const { origin, file } = await openInferenceServer({ engine: new ConstantEngine() });
    const paths = async () =>
      Object.keys(
        ((await fetch(`${origin}/openapi.json`).then((reply) => reply.json())) as { paths: object })
          .paths,
      );
    expect(await paths()).not.toContain("/v1/images/generations");
    await file.change({ isOpenaiOn: true });
    expect(await paths()).toContain("/v1/images/generations");
    const { status } = await postJson(`${origin}/v1/images/generations`, { prompt: "a cat" });
    expect(status).toBe(200);
  });

  test("leaves the gate unchanged: an unknown key is refused in OpenAI's shape", async () => {
    const { origin } = await openInferenceServer({
      engine: new ConstantEngine(),
      settings: { isOpenaiOn: true, isKeyRequired: true },
      lent: [{ name: "mine", secret: "dk_secret" }],
    });
    const post = (authorization: string) =>
      postJson(`${origin}/v1/images/generations`, { prompt: "a cat" }, { authorization });
    expect((await post("Bearer dk_secret")).status).toBe(200);
    const { status, json } = await post("Bearer sk-other");
    const error = { code: "invalid_api_key", type: "invalid_request_error" };
    expect([status, json]).toMatchObject([401, { error }]);
  });
});

describe("an edit", () => {
  const png = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: "teal" } })
      .png()
      .toBuffer();

  async function openEdits() {
    const { engine, origin } = await openInferenceServer({
      engine: new ConstantEngine(),
      settings: { isOpenaiOn: true },
    });
    const address = `${origin}/v1/images/edits`;
    const form = (entries: Readonly<Record<string, string | Blob>>, headers = {}) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(entries)) body.append(name, value);
      return fetch(address, { method: "POST", body, headers });
    };
    const json = (message: object) => postJson(address, message);
    return { engine, form, json };
  }
  const file = async () => new Blob([new Uint8Array(await png(30, 20))], { type: "image/png" });
  const key = { authorization: "Bearer sk-any" };

  test("starts from the file of a form, whose texts are converted to numbers where needed", async () => {
    const { engine, form } = await openEdits();
    const texts = {
      prompt: "7",
      n: "2",
      size: "128x64",
      strength: "0.5",
      seed: "9",
      resize_mode: "fill",
    };
    const reply = await form({ image: await file(), ...texts }, key);
    const { data } = (await reply.json()) as Reply;
    expect([reply.status, data.length]).toEqual([200, 2]);
    const { requests, startImage } = engine.jobs[0]!;
    const sides = { width: 128, height: 64 };
    const shared = {
      prompt: "7",
      negativePrompt: "",
      ...sides,
      seed: "9",
      count: 2,
      strength: 0.5,
      resizeMode: "fill",
    };
    expect(requests).toEqual([shared]);
    expect(Buffer.from(startImage ?? []).equals(await png(30, 20))).toBe(true);
  });

  test("starts from a data: address in JSON, and has its shape if no size is given", async () => {
    const { engine, json } = await openEdits();
    const address = `data:image/png;base64,${(await png(60, 20)).toString("base64")}`;
    const { status } = await json({ prompt: "a cat", images: [{ image_url: address }] });
    expect([status, engine.jobs[0]?.requests]).toMatchObject([200, [{ width: 128, height: 64 }]]);
  });

  test("is reported by its own events", async () => {
    const { json } = await openEdits();
    const image_url = (await png(20, 20)).toString("base64");
    const { bytes } = await json({ prompt: "a", images: [{ image_url }], stream: true });
    expect(eventsOf(bytes.toString())).toMatchObject([{ type: "image_edit.completed" }]);
  });

  test.each([
    [{}, /^image cannot be absent/],
    [{ images: [{ image_url: "https://example.org/a.png" }] }, /nothing is downloaded/],
    [{ images: [{ image_url: "%%%" }] }, /it is not base64/],
    [{ images: [{ image_url: "aGVsbG8=" }] }, /neither PNG nor JPEG nor WebP/],
    [{ images: [{ file_id: "file-1" }] }, /^images\.0/],
    [{ images: "x" }, /^images cannot be "x"/],
    [{ images: [{ image_url: "iVBORw0KGgo=" }], mask: { image_url: "x" } }, /^mask cannot be used/],
    [{ images: [{ image_url: "iVBORw0KGgo=" }], strength: 0 }, /^strength cannot be 0/],
  ])("of %j is refused by its name", async (message, sentence) => {
    const { json, engine } = await openEdits();
    const answer = await json({ prompt: "a cat", ...message });
    const error = { message: expect.stringMatching(sentence) as string };
    expect([answer.status, answer.json, engine.jobs]).toMatchObject([400, { error }, []]);
  });

  test("from an invalid picture is refused before it is drawn", async () => {
    const { json, engine } = await openEdits();
    const answer = await json({ prompt: "a", images: [{ image_url: "iVBORw0KGgo=" }] });
    expect([answer.status, engine.jobs]).toEqual([422, []]);
  });

  test("with a mask, or two files, is refused by name", async () => {
    const { form } = await openEdits();
    const image = await file();
    const masked = await form({ image, mask: image, prompt: "a" }, key);
    const twice = await form({ image, "image[]": image, prompt: "a" }, key);
    expect([await masked.text(), await twice.text()]).toEqual([
      expect.stringContaining("mask cannot be used: inpainting is not offered"),
      expect.stringContaining("image cannot be 2 files"),
    ]);
  });

  test("that a page's form sends without a key is stopped at the gate", async () => {
    const { form, engine } = await openEdits();
    const reply = await form(
      { image: await file(), prompt: "a" },
      { "sec-fetch-mode": "navigate" },
    );
    expect([reply.status, engine.jobs]).toEqual([415, []]);
  });

  test.each(["multipart/form-data", "multipart/form-data; boundary=x"])(
    "of %s without a complete form is refused",
    async (type) => {
      const { engine, origin } = await openInferenceServer({
        engine: new ConstantEngine(),
        settings: { isOpenaiOn: true },
      });
      const headers = { "content-type": type, ...key };
      const answer = await ask(`${origin}/v1/images/edits`, "POST", { body: "--x\r\nno", headers });
      expect([answer.status, engine.jobs]).toEqual([400, []]);
    },
  );
});
