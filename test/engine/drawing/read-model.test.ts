import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import { describeModel, readModel } from "../../../engine/drawing/read-model.ts";
import { SD2_UNET } from "../../fakes/sd2-configs.ts";
import { loadFolder, saveFolder } from "../../fakes/memory-snapshot.ts";
import { makePipe } from "../../fakes/make-pipe.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { saveModel } from "../../golden/changed-models.ts";
import { edit, retensor, text, type Change } from "../../fixtures/rewrites.ts";

const SOUND = loadFolder("test/golden/tiny-sd2-v/snapshot");
const VAE = "vae/diffusion_pytorch_model.fp16.safetensors";

async function refusalOf(...changes: readonly Change[]): Promise<StudioError> {
  const files = new Map(SOUND);
  for (const change of changes) change(files);
  const folder = temporaryFolder();
  saveFolder(folder, files);
  const outcome = await readModel(folder, "float32").catch((error: unknown) => error);
  if (outcome instanceof StudioError) return outcome;
  throw new Error("it was not refused", { cause: outcome });
}

/** What is wrong, how it is changed, the refusal's code, and words that its message must contain. */
const REFUSED: readonly (readonly [string, Change, string, string])[] = [
  [
    "a weight that is missing",
    retensor(VAE, (tensors) => {
      const others = Object.entries(tensors).filter(([name]) => name !== "quant_conv.weight");
      return Object.fromEntries(others);
    }),
    "WEIGHT_MISSING",
    "The VAE weights lack quant_conv.weight",
  ],
  [
    "more channels than the weights have",
    edit("unet/config.json", { block_out_channels: [64, 64, 64, 64] }),
    "WEIGHT_MISMATCH",
    "time_embedding.linear_1.weight of the UNet is [128, 32], but the config asks for [256, 64]",
  ],
  [
    "doubles",
    retensor(VAE, (tensors) => ({
      ...tensors,
      "quant_conv.bias": { dtype: "F64", shape: [8], bytes: new Uint8Array(64) },
    })),
    "SNAPSHOT_UNSUPPORTED",
    `The number type of "quant_conv.bias" in ${VAE} is not supported: F64`,
  ],
  [
    "a damaged vocabulary",
    text("tokenizer/vocab.json", '{"a": "b"}'),
    "TOKENIZER_INVALID",
    'vocab.json: the id of "a"',
  ],
  [
    "a text encoder without rows for the markers",
    edit("text_encoder/config.json", { vocab_size: 768 }),
    "TOKENIZER_INVALID",
    "the start token has the id 768, but the text encoder has 768 rows",
  ],
  [
    "pictures of half a million pixels a side",
    edit("unet/config.json", { sample_size: 65_536 }),
    "CONFIG_INVALID",
    "sample_size 65536x65536 makes pictures of 524288x524288 pixels, and the limit is 2048 a side",
  ],
  [
    "a recommendation of 8192 pixels",
    text(
      "recommended.json",
      '{"num_inference_steps": 5, "guidance_scale": 1, "width": 8192, "height": 64}',
    ),
    "CONFIG_INVALID",
    "width is 8192, not a whole number from 8 to 2048",
  ],
  [
    "128 layers a block",
    edit("unet/config.json", { layers_per_block: 128 }),
    "CONFIG_INVALID",
    "layers_per_block is 128, not a whole number from 1 to 8",
  ],
  [
    "128 transformers a layer",
    edit("unet/config.json", { transformer_layers_per_block: 128 }),
    "CONFIG_INVALID",
    "transformer_layers_per_block is 128",
  ],
  [
    "a billion channels",
    edit("vae/config.json", { block_out_channels: [1e9, 1e9, 1e9, 1e9] }),
    "CONFIG_INVALID",
    "block_out_channels is 1000000000",
  ],
  [
    "a billion positions",
    edit("text_encoder/config.json", { max_position_embeddings: 1e9 }),
    "CONFIG_INVALID",
    "max_position_embeddings is 1000000000",
  ],
  [
    "as many layers as there may be, which the weights have not",
    edit("unet/config.json", { layers_per_block: 8, transformer_layers_per_block: 16 }),
    "WEIGHT_MISSING",
    "The UNet weights lack",
  ],
];

test.each(REFUSED)("refuses %s", async (_, change, code, words) => {
  const refused = await refusalOf(change);
  expect(refused).toMatchObject({ code, message: expect.stringContaining(words) });
});

const FILES = [
  "model_index.json",
  "unet/config.json",
  "tokenizer/vocab.json",
  "scheduler/scheduler_config.json",
  VAE,
];

test.runIf(process.platform !== "win32").each(FILES)(
  "a pipe or a device in place of %s counts as missing, and is never read",
  async (file) => {
    const folder = temporaryFolder();
    saveFolder(folder, SOUND);
    const place = join(folder, file);
    for (const put of [
      () => makePipe(place),
      () => symlinkSync("/dev/zero", place),
      () => symlinkSync(place, place),
    ]) {
      rmSync(place, { force: true });
      put();
      await expect(readModel(folder, "float32")).rejects.toMatchObject({
        code: "SNAPSHOT_INCOMPLETE",
      });
    }
  },
);

const CONFIGS = [
  "unet/config.json",
  "vae/config.json",
  "text_encoder/config.json",
  "scheduler/scheduler_config.json",
  "tokenizer/tokenizer_config.json",
  "model_index.json",
] as const;

/** Numbers at the limits of the accepted range, and any other JSON value. */
const anyValue = fc.oneof(
  fc.constantFrom(0, -1, 0.5, 1, 2, 3, 7, 8, 64, 1024, 65_536, 1e9, 1e300, 2 ** 53, null, ""),
  fc.array(fc.constantFrom(0, 1, 8, 32, 64, 65_536, null), { maxLength: 9 }),
  fc.jsonValue(),
);

test("any value in any config gives a model or a refusal", { timeout: 120_000 }, async () => {
  const folder = temporaryFolder();
  saveFolder(folder, SOUND);
  const change = fc.constantFrom(...CONFIGS).chain((file) => {
    const sound = JSON.parse(Buffer.from(SOUND.get(file)!).toString()) as object;
    const key = fc.constantFrom(...Object.keys(sound), "use_attention_mask", "shift_factor");
    const changes = fc.dictionary(key, anyValue, { minKeys: 1, maxKeys: 2 });
    return changes.map((changed) => ({ file, json: { ...sound, ...changed } }));
  });
  await fc.assert(
    fc.asyncProperty(change, async ({ file, json }) => {
      writeFileSync(join(folder, file), JSON.stringify(json));
      const outcome = await readModel(folder, "float32").catch((error: unknown) => error);
      writeFileSync(join(folder, file), SOUND.get(file)!);
      expect(outcome instanceof Error && !(outcome instanceof StudioError)).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test("a model that was read is returned again as long as no file changes, for each precision", async () => {
  const folder = temporaryFolder();
  saveFolder(folder, SOUND);
  const read = await readModel(folder, "float32");
  expect(await readModel(folder, "float32")).toBe(read);
  expect(await readModel(folder, "float16")).not.toBe(read);
});

test("a changed config is read again", async () => {
  const folder = temporaryFolder();
  saveFolder(folder, SOUND);
  await readModel(folder, "float32");
  const file = join(folder, "scheduler/scheduler_config.json");
  writeFileSync(file, readFileSync(file, "utf8").replace("v_prediction", "epsilon"));
  expect((await readModel(folder, "float32")).summary.predictionType).toBe("epsilon");
});

const SCHEDULER = (name: string): Change =>
  edit("model_index.json", { scheduler: ["diffusers", name] });
const EULER =
  (settings: object): Change =>
  (files) => {
    SCHEDULER("EulerDiscreteScheduler")(files);
    edit("scheduler/scheduler_config.json", {
      _class_name: "EulerDiscreteScheduler",
      ...settings,
    })(files);
  };
const advised = (steps: number, guidance: number): Change =>
  text(
    "recommended.json",
    JSON.stringify({ num_inference_steps: steps, guidance_scale: guidance, width: 96, height: 64 }),
  );

/** A model, and its default [steps, guidance, whether it is distilled]. */
const DEFAULTS: readonly (readonly [string, readonly Change[], readonly unknown[]])[] = [
  ["a usual model", [], [50, 7.5, false]],
  ["LCM's scheduler", [SCHEDULER("LCMScheduler")], [4, 1, true]],
  ["TCD's scheduler", [SCHEDULER("TCDScheduler")], [4, 1, true]],
  ["SD-Turbo's scheduler", [EULER({ timestep_spacing: "trailing" })], [4, 1, true]],
  [
    "Hyper-SD's, merged",
    [
      SCHEDULER("DDIMScheduler"),
      edit("scheduler/scheduler_config.json", { timestep_spacing: "trailing" }),
    ],
    [4, 1, true],
  ],
  [
    "DDIM down to no signal",
    [
      SCHEDULER("DDIMScheduler"),
      edit("scheduler/scheduler_config.json", {
        timestep_spacing: "trailing",
        rescale_betas_zero_snr: true,
      }),
    ],
    [50, 7.5, false],
  ],
  ["Euler over other timesteps", [EULER({ timestep_spacing: "leading" })], [50, 7.5, false]],
  [
    "Euler down to no signal",
    [EULER({ timestep_spacing: "trailing", rescale_betas_zero_snr: true })],
    [50, 7.5, false],
  ],
  ["advice of few steps", [advised(1, 0)], [1, 0, true]],
  ["advice of many steps", [advised(30, 3)], [30, 3, false]],
  ["LCM with advice", [SCHEDULER("LCMScheduler"), advised(12, 2)], [12, 2, true]],
];

test.each(DEFAULTS)("%s sets the default settings", async (_, changes, expected) => {
  const files = new Map(SOUND);
  for (const change of changes) change(files);
  const folder = temporaryFolder();
  saveFolder(folder, files);
  const { steps, guidanceScale, isDistilled } = (await readModel(folder, "float32")).summary;
  expect([steps, guidanceScale, isDistilled]).toEqual(expected);
});

const FULL = [320, 640, 1280, 1280];

test.each([
  ["unchanged", "A small model of the Stable Diffusion 2 architecture."],
  ["unet-distilled-sd1", "A small model of the Stable Diffusion 1 architecture."],
] as const)("%s is described by its UNet", async (name, description) => {
  const folder = temporaryFolder();
  saveModel(name, folder);
  expect((await readModel(folder, "float32")).summary.description).toBe(description);
});

test.each([
  [{}, false, "A model of the Stable Diffusion 2 family."],
  [{}, true, "A model of the Stable Diffusion 2 family, distilled to few steps."],
  [
    { layers_per_block: [1, 1, 1, 1] },
    false,
    "A model of the Stable Diffusion 2 family, with a smaller UNet.",
  ],
  [
    { mid_block_type: null },
    false,
    "A model of the Stable Diffusion 2 family, with a smaller UNet.",
  ],
  [
    { block_out_channels: FULL.slice(0, 3) },
    false,
    "A model of the Stable Diffusion 2 family, with a smaller UNet.",
  ],
  [
    { use_linear_projection: false, mid_block_type: null },
    true,
    "A model of the Stable Diffusion 1 family, with a smaller UNet, distilled to few steps.",
  ],
] as const)(
  "a UNet of full width with %j, distilled %s: %s",
  (change, isDistilled, description) => {
    expect(describeModel({ ...SD2_UNET, ...change }, isDistilled)).toBe(description);
  },
);

test("a UNet that takes the guidance scale needs few steps", async () => {
  const folder = temporaryFolder();
  saveModel("latent-consistency", folder);
  const { summary } = await readModel(folder, "float32");
  expect(summary).toMatchObject({ steps: 4, guidanceScale: 8.5, isDistilled: true });
});
