import { expect, test } from "vitest";
import type { JsonObject } from "../../../engine/snapshot/json.ts";
import { readUNetConfig } from "../../../engine/snapshot/unet-config.ts";
import { SD2_UNET } from "../../fakes/sd2-configs.ts";

const FILE = "unet/config.json";
const cross = "CrossAttnDownBlock2D";

test("an empty config is UNet2DConditionModel's defaults", () => {
  expect(readUNetConfig({}, FILE)).toEqual({
    ...SD2_UNET,
    sample_size: [64, 64],
    attention_head_dim: [8, 8, 8, 8],
    cross_attention_dim: 1280,
    use_linear_projection: false,
  });
});

test("the keys of the hub's stable-diffusion-2 make its network", () => {
  const hub = {
    _class_name: "UNet2DConditionModel",
    _diffusers_version: "0.8.0",
    attention_head_dim: [5, 10, 20, 20],
    cross_attention_dim: 1024,
    dual_cross_attention: false,
    num_class_embeds: null,
    only_cross_attention: false,
    sample_size: 96,
    use_linear_projection: true,
  };
  expect(readUNetConfig(hub, FILE)).toEqual(SD2_UNET);
});

test("one number stands for every level", () => {
  const config = readUNetConfig({ layers_per_block: 3, transformer_layers_per_block: 2 }, FILE);
  expect(config.layers_per_block).toEqual([3, 3, 3, 3]);
  expect(config.transformer_layers_per_block).toEqual([2, 2, 2, 2]);
});

test("lists of another number of levels are accepted", () => {
  const config = readUNetConfig(
    {
      block_out_channels: [64, 128],
      down_block_types: [cross, "DownBlock2D"],
      up_block_types: ["UpBlock2D", "CrossAttnUpBlock2D"],
      layers_per_block: [1, 2],
      attention_head_dim: [2, 4],
      cross_attention_dim: [96, 96],
      only_cross_attention: [false, false],
      act_fn: "swish",
    },
    FILE,
  );
  expect(config).toMatchObject({
    layers_per_block: [1, 2],
    attention_head_dim: [2, 4],
    cross_attention_dim: 96,
    act_fn: "silu",
  });
});

test("the middle block exists unless it is null", () => {
  const middle = (json: JsonObject) => readUNetConfig(json, FILE).mid_block_type;
  expect(middle({})).toBe("UNetMidBlock2DCrossAttn");
  expect(middle({ mid_block_type: "UNetMidBlock2D" })).toBe("UNetMidBlock2D");
  expect(middle({ mid_block_type: null })).toBeNull();
});

function sizeOf(json: JsonObject): readonly number[] {
  return readUNetConfig(json, FILE).sample_size;
}

test("reads 64 for the 32 of files older than diffusers 0.9, and a pair as height and width", () => {
  expect(sizeOf({ sample_size: 32, _diffusers_version: "0.2.2" })).toEqual([64, 64]);
  expect(sizeOf({ sample_size: 32, _diffusers_version: "0.10.0.dev0" })).toEqual([32, 32]);
  expect(sizeOf({ sample_size: 96, _diffusers_version: "0.8.0" })).toEqual([96, 96]);
  expect(sizeOf({ sample_size: [48, 64], _diffusers_version: "0.8.0" })).toEqual([48, 64]);
});

test("a UNet may take the guidance scale, in a width with a first and a last frequency", () => {
  const widthOf = (width: unknown) =>
    readUNetConfig({ time_cond_proj_dim: width }, FILE).time_cond_proj_dim;
  expect([widthOf(256), widthOf(7), widthOf(null)]).toEqual([256, 7, null]);
  for (const width of [0, 3, 2.5, 65_537, "256"]) {
    expect(() => widthOf(width)).toThrow("not a whole number from 4 to 65536");
  }
});

test("heads need not divide the channels of a level without attention", () => {
  const types = {
    down_block_types: ["DownBlock2D", cross],
    up_block_types: ["CrossAttnUpBlock2D", "UpBlock2D"],
  };
  const json = { ...types, block_out_channels: [32, 96], attention_head_dim: [3, 3] };
  expect(readUNetConfig(json, FILE).attention_head_dim).toEqual([3, 3]);
});

test.each([
  ["act_fn", "mish"],
  ["addition_embed_type", "other"],
  ["attention_type", "gated"],
  ["class_embed_type", "timestep"],
  ["class_embeddings_concat", true],
  ["cross_attention_dim", [768, 768, 1024, 1024]],
  ["dual_cross_attention", true],
  ["encoder_hid_dim", 4096],
  ["mid_block_scale_factor", 2],
  ["mid_block_type", "UNetMidBlock2DSimpleCrossAttn"],
  ["num_attention_heads", 8],
  ["num_class_embeds", 1000],
  ["only_cross_attention", true],
  ["only_cross_attention", [true, true, true, false]],
  ["resnet_time_scale_shift", "scale_shift"],
  ["time_embedding_type", "fourier"],
])("refuses %s %j as another architecture", (key, value) => {
  expect(() => readUNetConfig({ [key]: value }, FILE)).toThrow(
    expect.objectContaining({
      code: "SNAPSHOT_UNSUPPORTED",
      details: { what: `The UNet's ${key}`, found: JSON.stringify(value) },
    }),
  );
});

test.each([
  ["text_time", "Stable Diffusion XL"],
  ["text", "DeepFloyd IF"],
  ["image", "Kandinsky 2"],
])("names the family whose UNet says addition_embed_type %s", (type, family) => {
  expect(() => readUNetConfig({ addition_embed_type: type }, FILE)).toThrow(
    `The UNet's addition_embed_type is not supported: "${type}" (${family}).`,
  );
});

test("refuses unsupported block types by name", () => {
  const json = { down_block_types: [cross, cross, cross, "AttnDownBlock2D"] };
  expect(() => readUNetConfig(json, FILE)).toThrow('down_block_types is not supported: "AttnDown');
});
