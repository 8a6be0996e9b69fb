import { expect, test } from "vitest";
import { readVaeConfig } from "../../../engine/snapshot/vae-config.ts";
import { SD2_VAE } from "../../fakes/sd2-configs.ts";

const FILE = "vae/config.json";

test("an empty config is AutoencoderKL's defaults", () => {
  expect(readVaeConfig({}, FILE)).toEqual({
    ...SD2_VAE,
    block_out_channels: [64],
    layers_per_block: 1,
  });
});

test("the keys of the hub's stable-diffusion-2 make its network", () => {
  const hub = {
    _class_name: "AutoencoderKL",
    _diffusers_version: "0.8.0",
    act_fn: "silu",
    block_out_channels: [128, 256, 512, 512],
    down_block_types: Array(4).fill("DownEncoderBlock2D"),
    up_block_types: Array(4).fill("UpDecoderBlock2D"),
    layers_per_block: 2,
    sample_size: 768,
  };
  expect(readVaeConfig(hub, FILE)).toEqual(SD2_VAE);
});

test("accepts its own scaling factor", () => {
  expect(readVaeConfig({ scaling_factor: 0.74827 }, FILE).scaling_factor).toBe(0.74827);
});

test("reads null as false if a flag is on by default", () => {
  expect(readVaeConfig({ use_quant_conv: null }, FILE)).toMatchObject({ use_quant_conv: false });
  expect(readVaeConfig({}, FILE)).toMatchObject({ use_quant_conv: true });
});

test("skips what StableDiffusionPipeline does not read", () => {
  const ignored = { shift_factor: 0.1, latents_mean: [0, 0, 0, 0], latents_std: [1, 1, 1, 1] };
  expect(readVaeConfig(ignored, FILE)).toEqual(readVaeConfig({}, FILE));
});

test.each([
  ["act_fn", "mish"],
  ["in_channels", 4],
  ["out_channels", 1],
])("refuses %s %j as another architecture", (key, value) => {
  expect(() => readVaeConfig({ [key]: value }, FILE)).toThrow(
    expect.objectContaining({
      code: "SNAPSHOT_UNSUPPORTED",
      details: { what: `The VAE's ${key}`, found: JSON.stringify(value) },
    }),
  );
});

const TINY = { _class_name: "AutoencoderTiny" };

test("a config of AutoencoderTiny alone is its defaults: TAESD", () => {
  expect(readVaeConfig(TINY, FILE)).toEqual({
    kind: "AutoencoderTiny",
    in_channels: 3,
    out_channels: 3,
    latent_channels: 4,
    encoder_block_out_channels: [64, 64, 64, 64],
    decoder_block_out_channels: [64, 64, 64, 64],
    block_out_channels: [64, 64, 64, 64],
    num_encoder_blocks: [1, 3, 3, 3],
    num_decoder_blocks: [3, 3, 3, 1],
    scaling_factor: 1,
  });
});

test.each([
  [{ num_decoder_blocks: [3, 3, 1] }, "num_decoder_blocks has 3 entries, not 4"],
  [{ encoder_block_out_channels: [64, 64, 64] }, "num_encoder_blocks has 4 entries, not 3"],
  [
    { decoder_block_out_channels: [64, 64, 32, 32] },
    "decoder_block_out_channels are not all the same: 64,64,32,32",
  ],
  [
    { encoder_block_out_channels: [8, 8, 8], num_encoder_blocks: [1, 1, 1] },
    "num_decoder_blocks has 4 entries, num_encoder_blocks 3",
  ],
])("refuses a tiny one of %j", (keys, reason) => {
  expect(() => readVaeConfig({ ...TINY, ...keys }, FILE)).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", details: { file: FILE, reason } }),
  );
});

test.each([
  ["act_fn", "silu"],
  ["upsample_fn", "bilinear"],
  ["upsampling_scaling_factor", 4],
  ["_class_name", "AsymmetricAutoencoderKL"],
])("refuses a tiny one whose %s is %j as another architecture", (key, value) => {
  expect(() => readVaeConfig({ ...TINY, [key]: value }, FILE)).toThrow(
    expect.objectContaining({ code: "SNAPSHOT_UNSUPPORTED" }),
  );
});
