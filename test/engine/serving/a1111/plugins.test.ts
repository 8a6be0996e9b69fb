import { describe, expect, test } from "vitest";
import sharp from "sharp";
import { ConstantEngine } from "../../../fakes/constant-engine.ts";
import { openInferenceServer } from "../../../fakes/open-inference-server.ts";
import { type Answer, ask, postJson } from "../routes/asking.ts";

/**
 * Plugins of picture editors that draw with A1111's API. They are imitated: their requests are sent here member by
 * member, and the editors themselves were not run.
 */
async function open() {
  const engine = new ConstantEngine();
  const { origin } = await openInferenceServer({ engine, settings: { isA1111On: true } });
  const address = (path: string): string => `${origin}/${path}`;
  return {
    origin,
    engine,
    get: (path: string): Promise<Answer> => ask(address(path)),
    post: (path: string, message: unknown): Promise<Answer> =>
      postJson(address(path), message, { accept: "application/json" }),
    drawn: () => engine.jobs.flatMap(({ requests }) => requests),
  };
}

const canvas = async (): Promise<string> => {
  const { data } = await sharp({
    create: { width: 64, height: 64, channels: 4, background: "#00808080" },
  })
    .png()
    .toBuffer({ resolveWithObject: true });
  return data.toString("base64");
};

/** The lists that a plugin reads when it connects, with a member of what each must contain. */
const CONNECTING: readonly (readonly [string, unknown])[] = [
  ["sdapi/v1/options", expect.objectContaining({ sd_model_checkpoint: "starter" })],
  ["sdapi/v1/sd-models", expect.arrayContaining([expect.objectContaining({ title: "starter" })])],
  ["sdapi/v1/samplers", expect.arrayContaining([expect.objectContaining({ name: "Euler a" })])],
  ["sdapi/v1/progress?skip_current_image=false", expect.objectContaining({ progress: 0 })],
  ["sdapi/v1/scripts", { txt2img: [], img2img: [] }],
  ["sdapi/v1/embeddings", { loaded: {}, skipped: {} }],
  ...[
    "upscalers",
    "latent-upscale-modes",
    "sd-vae",
    "loras",
    "hypernetworks",
    "face-restorers",
    "prompt-styles",
    "script-info",
    "extensions",
  ].map((path) => [`sdapi/v1/${path}`, []] as const),
];

test.each(CONNECTING)("a plugin that connects reads %s", async (path, told) => {
  const { get } = await open();
  const { status, json } = await get(path);
  expect([status, json]).toEqual([200, told]);
});

/** What a plugin does without if it is missing: the page's own configuration, and parts of A1111 that do not draw. */
test.each(["config", "controlnet/version", "sdapi/v1/interrogate", "sdapi/interpause/config"])(
  "%s is missing, and the reply says so as JSON",
  async (path) => {
    const { get, post } = await open();
    for (const { status, json } of [await get(path), await post(path, {})]) {
      expect([status, JSON.stringify(json)]).toEqual([404, expect.stringContaining(path)]);
    }
  },
);

/** The Photoshop plugin Auto-Photoshop-SD: its seed is text, and it adds members of its own. */
describe("a Photoshop plugin", () => {
  const settings = (mode: string) => ({
    selection_info: { left: 0, top: 0, right: 64, bottom: 64, width: 64, height: 64 },
    alwayson_scripts: {},
    prompt: "a red fish",
    negative_prompt: "fog",
    original_prompt: "a red fish",
    original_negative_prompt: "fog",
    steps: 4,
    sampler_index: "Euler a",
    width: 64,
    height: 64,
    denoising_strength: 0.5,
    batch_size: 1,
    cfg_scale: 7,
    seed: "-1",
    mask_blur: 4,
    use_sharp_mask: false,
    use_prompt_shortcut: false,
    prompt_shortcut_ui_dict: {},
    uniqueDocumentId: "1f6c",
    mode,
    restore_faces: false,
    tiling: false,
  });

  test("draws, reads the picture's settings, and chooses a model", async () => {
    const { post, drawn, engine } = await open();
    const { status, json } = await post("sdapi/v1/txt2img", settings("txt2img"));
    const { images } = json as { images: string[] };
    expect([status, images.length]).toEqual([200, 1]);
    expect(drawn()).toMatchObject([
      { prompt: "a red fish", negativePrompt: "fog", steps: 4, scheduler: "euler-ancestral" },
    ]);
    expect(drawn()[0]).not.toHaveProperty("seed");
    const image = `data:image/png;base64,${images[0]}`;
    expect((await post("sdapi/v1/png-info", { image })).json).toMatchObject({
      info: expect.stringContaining("a red fish"),
    });
    expect((await post("sdapi/v1/options", { inpainting_mask_weight: 1 })).status).toBe(200);
    await post("sdapi/v1/options", { sd_model_checkpoint: "other" });
    expect(engine.loads).toEqual(["load other"]);
  });

  test("starts from the selection, with a seed as text", async () => {
    const { post, drawn } = await open();
    const asked = { ...settings("img2img"), seed: "18446744073709551615" };
    const init_images = [await canvas()];
    const { status } = await post("sdapi/v1/img2img", { ...asked, init_images });
    expect(status).toBe(200);
    expect(drawn()).toMatchObject([{ seed: "18446744073709551615", strength: 0.5 }]);
  });

  test("is told that a mask is not offered, before anything is drawn", async () => {
    const { post, engine } = await open();
    const inpainting = {
      ...settings("inpaint"),
      init_images: [await canvas()],
      mask: await canvas(),
      expanded_mask: await canvas(),
      mask_expansion: 0,
      inpaint_full_res: true,
      inpaint_full_res_padding: 32,
      inpainting_fill: 1,
    };
    const { status, json } = await post("sdapi/v1/img2img", inpainting);
    const detail = expect.stringContaining("mask cannot be used") as string;
    expect([status, json, engine.jobs]).toMatchObject([400, { detail }, []]);
  });

  test("interrupts with an empty body that is labelled as JSON", async () => {
    const { origin } = await open();
    const reply = await fetch(`${origin}/sdapi/v1/interrupt`, {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/json" },
    });
    expect([reply.status, await reply.json()]).toEqual([200, {}]);
  });
});

/** A Krita plugin: Python's urllib with every member that its dialog has, also those at rest. */
describe("a Krita plugin", () => {
  const settings = {
    prompt: "a red fish",
    negative_prompt: "",
    sampler_name: "DPM++ 2M",
    scheduler: "Karras",
    steps: 4,
    cfg_scale: 7,
    seed: 7,
    subseed: -1,
    subseed_strength: 0,
    batch_size: 1,
    n_iter: 2,
    width: 64,
    height: 64,
    tiling: false,
    restore_faces: false,
    enable_hr: false,
    hr_scale: 2,
    hr_upscaler: "Latent",
    styles: [],
    script_name: "None",
    script_args: [],
    save_images: false,
    do_not_save_grid: true,
    override_settings: { sd_model_checkpoint: "starter", CLIP_stop_at_last_layers: 1 },
    override_settings_restore_afterwards: false,
  };

  test("draws for an empty layer", async () => {
    const { post, drawn } = await open();
    const { status, json } = await post("sdapi/v1/txt2img", settings);
    expect([status, (json as { images: string[] }).images.length]).toEqual([200, 2]);
    expect(drawn()).toMatchObject([{ seed: "7", count: 2, scheduler: "dpm++2m-karras" }]);
  });

  test("starts from a layer with transparency", async () => {
    const { post, drawn } = await open();
    const start = { resize_mode: 1, denoising_strength: 0.4, init_images: [await canvas()] };
    const { status } = await post("sdapi/v1/img2img", { ...settings, ...start });
    expect(status).toBe(200);
    expect(drawn()).toMatchObject([{ strength: 0.4, resizeMode: "crop" }]);
  });
});
