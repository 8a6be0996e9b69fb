import { describe, expect, test } from "vitest";
import sharp from "sharp";
import type { ServerChange } from "../../../../engine/contract/server.ts";
import { ConstantEngine } from "../../../fakes/constant-engine.ts";
import { openInferenceServer } from "../../../fakes/open-inference-server.ts";
import { type Answer, ask, postJson } from "../routes/asking.ts";

async function open(
  engine = new ConstantEngine(),
  {
    settings = {},
    lent = [],
  }: { settings?: ServerChange; lent?: { name: string; secret: string }[] } = {},
) {
  const opened = await openInferenceServer({
    engine,
    settings: { isA1111On: true, ...settings },
    lent,
  });
  const address = (path: string): string => `${opened.origin}/sdapi/v1/${path}`;
  return {
    ...opened,
    address,
    get: (path: string): Promise<Answer> => ask(address(path)),
    post: (path: string, message: unknown, headers = {}): Promise<Answer> =>
      postJson(address(path), message, headers),
    asked: () => engine.jobs.flatMap(({ requests }) => requests),
  };
}

interface Reply {
  readonly images: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly info: string;
}

const infoOf = ({ json }: Answer): Readonly<Record<string, unknown>> =>
  JSON.parse((json as Reply).info) as Readonly<Record<string, unknown>>;

const png = (width = 20, height = 20) =>
  sharp({ create: { width, height, channels: 3, background: "teal" } })
    .png()
    .toBuffer();

describe("txt2img", () => {
  test("is answered with pictures, the request, and how they were made", async () => {
    const { post, asked } = await open();
    const request = {
      prompt: "a cat",
      negative_prompt: "fog",
      seed: 7,
      steps: 4,
      cfg_scale: 3.5,
      width: 128,
      height: 64,
      batch_size: 2,
      n_iter: 2,
      sampler_name: "DPM++ 2M",
      scheduler: "Karras",
    };
    const answer = await post("txt2img", request);
    const { images, parameters } = answer.json as Reply;
    expect([answer.status, images.length, parameters]).toEqual([200, 4, request]);
    expect(await sharp(Buffer.from(images[0] ?? "", "base64")).metadata()).toMatchObject({
      format: "png",
    });
    expect(infoOf(answer)).toMatchObject({
      prompt: "a cat",
      negative_prompt: "fog",
      all_seeds: [7, 8, 9, 10],
      batch_size: 2,
      infotexts: [
        expect.stringContaining("Seed: 7"),
        expect.any(String),
        expect.any(String),
        expect.any(String),
      ],
    });
    expect(asked()).toEqual([
      {
        prompt: "a cat",
        negativePrompt: "fog",
        seed: "7",
        steps: 4,
        guidanceScale: 3.5,
        width: 128,
        height: 64,
        count: 4,
        scheduler: "dpm++2m-karras",
      },
    ]);
  });

  test.each([
    [{ sampler_name: "Euler a" }, "euler-ancestral"],
    [{ sampler_name: "DPM++ 2M" }, "dpm++2m-karras"],
    [{ sampler_name: "DPM++ 2M Karras" }, "dpm++2m-karras"],
    [{ sampler_index: "Euler", scheduler: "automatic" }, "euler"],
    [{ sampler_name: "", sampler_index: "DDIM" }, "ddim"],
  ])("accepts the sampler of %j", async (message, scheduler) => {
    const { post, asked } = await open();
    await post("txt2img", { prompt: "a", ...message });
    expect(asked()).toMatchObject([{ scheduler }]);
  });

  test("leaves to the model what a request omits, sets to null, or switches off", async () => {
    const { post, asked } = await open();
    const { status } = await post("txt2img", {
      prompt: "a",
      seed: -1,
      width: null,
      enable_hr: false,
      denoising_strength: 0.7,
      styles: [],
      script_name: null,
      subseed: -1,
      subseed_strength: 0,
      alwayson_scripts: { ControlNet: { args: [] }, ADetailer: { args: [false] } },
      refiner_checkpoint: "None",
      whatever: [1, 2],
    });
    expect([status, asked()]).toEqual([200, [{ prompt: "a", negativePrompt: "", count: 1 }]]);
  });

  test("overrides the format, and may name the model that is served", async () => {
    const { post } = await open();
    const override_settings = { samples_format: "jpg", sd_model_checkpoint: "starter" };
    const { json } = await post("txt2img", { prompt: "a", override_settings });
    const [image = ""] = (json as Reply).images;
    expect(await sharp(Buffer.from(image, "base64")).metadata()).toMatchObject({ format: "jpeg" });
  });

  test("sends no pictures if they are not wanted", async () => {
    const { post } = await open();
    expect((await post("txt2img", { prompt: "a", send_images: false })).json).toMatchObject({
      images: [],
    });
  });

  test.each([
    [{ enable_hr: true }, "enable_hr"],
    [{ restore_faces: true }, "restore_faces"],
    [{ tiling: true }, "tiling"],
    [{ script_name: "X/Y/Z plot" }, "script_name"],
    [{ styles: ["ink"] }, "styles"],
    [{ alwayson_scripts: { ControlNet: { args: [{ image: "x" }] } } }, "alwayson_scripts"],
    [{ refiner_checkpoint: "xl" }, "refiner_checkpoint"],
    [{ subseed_strength: 0.5 }, "subseed_strength"],
    [{ override_settings: { CLIP_stop_at_last_layers: 2 } }, "CLIP_stop_at_last_layers"],
    [{ override_settings: { samples_format: "gif" } }, "samples_format"],
    [{ sampler_name: "Restart" }, "sampler_name"],
    [{ seed: -2 }, "seed"],
    [{ seed: "-2" }, "seed"],
    [{ seed: "seven" }, "seed"],
    [{ width: 100 }, "width"],
    [{ batch_size: 20, n_iter: 20 }, "A request"],
    [{ prompt: "a\0b" }, "prompt"],
  ])("refuses %j by its name", async (message, name) => {
    const { post, engine } = await open();
    const { status, json } = await post("txt2img", { prompt: "a", ...message });
    const detail = expect.stringContaining(`${name} cannot be `) as string;
    expect([status, json, engine.jobs]).toMatchObject([
      400,
      { error: "REQUEST_INVALID", detail },
      [],
    ]);
  });
});

describe("img2img", () => {
  test("starts from the picture, with its strength", async () => {
    const { post, engine } = await open();
    const image = await png();
    const { status, json } = await post("img2img", {
      prompt: "a",
      init_images: [`data:image/png;base64,${image.toString("base64")}`],
      denoising_strength: 0.4,
    });
    expect([status, engine.jobs[0]?.requests]).toMatchObject([200, [{ strength: 0.4 }]]);
    expect(Buffer.from(engine.jobs[0]?.startImage ?? []).equals(image)).toBe(true);
    expect(Object.keys((json as Reply).parameters)).toEqual(["prompt", "denoising_strength"]);
  });

  test.each([
    [0, "default"],
    [1, "crop"],
    [2, "fill"],
  ])("resize mode %i is %s", async (number, resizeMode) => {
    const { post, engine } = await open();
    const image = (await png()).toString("base64");
    await post("img2img", { prompt: "a", init_images: [image], resize_mode: number });
    expect(engine.jobs[0]?.requests).toMatchObject([{ resizeMode }]);
  });

  test.each([
    [{ init_images: ["iVBORw0KGgo="], resize_mode: 3 }, "resize_mode"],
    [{ init_images: [] }, "init_images"],
    [{ init_images: ["x", "y"] }, "init_images"],
    [{ init_images: ["https://example.org"] }, "init_images"],
    [{ init_images: ["iVBORw0KGgo="], denoising_strength: 0 }, "denoising_strength"],
    [{ init_images: ["iVBORw0KGgo="], mask: "iVBORw0KGgo=" }, "mask"],
  ])("refuses %j by its name", async (message, name) => {
    const { post, engine } = await open();
    const { status, json } = await post("img2img", { prompt: "a", ...message });
    const detail = expect.stringContaining(`${name} cannot be `) as string;
    expect([status, json, engine.jobs]).toMatchObject([400, { detail }, []]);
  });
});

describe("progress and interrupt", () => {
  test("report the progress, with a preview, and end it with what was drawn", async () => {
    const engine = new ConstantEngine({ steps: 200, stepMs: 5 });
    const { get, post, address } = await open(engine);
    expect((await get("progress")).json).toMatchObject({ progress: 0, current_image: null });
    const drawing = post("txt2img", { prompt: "a", batch_size: 3 });
    const told = async () =>
      (await get("progress")).json as { progress: number; current_image: unknown };
    await expect.poll(async () => (await told()).progress).toBeGreaterThan(0);
    expect(await told()).toMatchObject({
      current_image: expect.any(String),
      state: { job_count: 3, sampling_steps: 200 },
    });
    expect((await get("progress?skip_current_image=true")).json).toMatchObject({
      current_image: null,
    });
    expect(
      await fetch(address("interrupt"), { method: "POST" }).then((reply) => reply.json()),
    ).toEqual({});
    const { status, json } = await drawing;
    expect([status, (json as Reply).images, engine.abortedJobs]).toEqual([200, [], 1]);
    expect((await get("progress")).json).toMatchObject({ progress: 0 });
  });

  test("know nothing of another key's", async () => {
    const engine = new ConstantEngine({ steps: 200, stepMs: 5 });
    const lent = [
      { name: "one", secret: "dk_one" },
      { name: "two", secret: "dk_two" },
    ];
    const { post, address } = await open(engine, { lent });
    const drawing = post("txt2img", { prompt: "a" }, { authorization: "Bearer dk_one" });
    await expect.poll(() => engine.jobs.length).toBe(1);
    const two = { authorization: `Basic ${btoa("user:dk_two")}` };
    const progress = await fetch(address("progress"), { headers: two }).then((reply) =>
      reply.json(),
    );
    expect(progress).toMatchObject({ progress: 0, current_image: null });
    await fetch(address("interrupt"), { method: "POST", headers: two });
    expect(engine.abortedJobs).toBe(0);
    expect(((await drawing).json as Reply).images).toHaveLength(1);
  });
});

describe("the lists", () => {
  test("models, samplers and schedules", async () => {
    const { get } = await open();
    const [models, samplers, schedulers] = await Promise.all(
      ["sd-models", "samplers", "schedulers"].map(async (path) => (await get(path)).json),
    );
    expect(models).toMatchObject([{ title: "other" }, { title: "starter", model_name: "starter" }]);
    expect(samplers).toContainEqual({ name: "DPM++ 2M", aliases: [], options: {} });
    expect(schedulers).toMatchObject([
      { label: "Automatic" },
      { label: "Uniform" },
      { label: "Karras" },
    ]);
  });

  test.each(["upscalers", "loras", "sd-vae", "hypernetworks", "face-restorers", "prompt-styles"])(
    "no %s",
    async (path) => {
      const { get } = await open();
      expect((await get(path)).json).toEqual([]);
    },
  );

  test("a model is chosen by its option, whatever else is sent", async () => {
    const { get, post, engine } = await open();
    const { json } = await get("options");
    expect(json).toMatchObject({ sd_model_checkpoint: "starter" });
    await post("options", json);
    expect(engine.loads).toEqual([]);
    const { status } = await post("options", { ...(json as object), sd_model_checkpoint: "other" });
    expect([status, engine.loads]).toEqual([200, ["load other"]]);
    const unknown = await post("options", { sd_model_checkpoint: "nope" });
    expect([unknown.status, unknown.json]).toMatchObject([404, { error: "NOT_FOUND" }]);
  });

  test("how a PNG was made", async () => {
    const { post } = await open();
    const { json } = await post("txt2img", { prompt: "a cat" });
    const [image] = (json as Reply).images;
    expect((await post("png-info", { image })).json).toMatchObject({
      info: expect.stringContaining("a cat"),
      items: { parameters: expect.any(String) },
    });
  });
});

describe("the gate", () => {
  test("is off by default: the addresses do not exist", async () => {
    const { origin } = await openInferenceServer({ engine: new ConstantEngine() });
    const replies = await Promise.all([
      postJson(`${origin}/sdapi/v1/txt2img`, { prompt: "a" }),
      ask(`${origin}/sdapi/v1/options`),
    ]);
    expect(replies.map(({ status }) => status)).toEqual([404, 404]);
  });

  test("accepts a key as Basic's password, only here", async () => {
    const lent = [{ name: "one", secret: "dk_one" }];
    const { origin, address } = await open(new ConstantEngine(), {
      settings: { isKeyRequired: true },
      lent,
    });
    const statusOf = (url: string, pair: string) =>
      fetch(url, { headers: { authorization: `Basic ${btoa(pair)}` } }).then(
        ({ status }) => status,
      );
    expect(await statusOf(address("options"), "any:dk_one")).toBe(200);
    expect(await statusOf(address("options"), "any:dk_other")).toBe(401);
    expect(await statusOf(address("options"), "dk_one")).toBe(401);
    expect(await statusOf(`${origin}/v2`, "any:dk_one")).toBe(401);
  });

  test("refuses an unknown password if a key exists, and ignores any if none does", async () => {
    const headers = { authorization: `Basic ${btoa("any:other")}` };
    const lent = [{ name: "one", secret: "dk_one" }];
    const statuses = await Promise.all(
      [[], lent].map(async (keys) => {
        const { address } = await open(new ConstantEngine(), { lent: keys });
        return (await fetch(address("options"), { headers })).status;
      }),
    );
    expect(statuses).toEqual([200, 401]);
  });
});
