import { expect, test } from "vitest";
import { readTextEncoderConfig } from "../../../engine/snapshot/text-encoder-config.ts";
import { SD2_TEXT_ENCODER } from "../../fakes/sd2-configs.ts";

const FILE = "text_encoder/config.json";
const DEFAULTS = {
  vocab_size: 49408,
  hidden_size: 512,
  intermediate_size: 2048,
  num_hidden_layers: 12,
  num_attention_heads: 8,
  max_position_embeddings: 77,
  hidden_act: "quick_gelu",
  layer_norm_eps: 1e-5,
  use_attention_mask: false,
};

test("an empty config is CLIPTextConfig's defaults", () => {
  expect(readTextEncoderConfig({}, FILE)).toEqual(DEFAULTS);
});

test("the keys of the hub's stable-diffusion-2 make its network", () => {
  const hub = {
    architectures: ["CLIPTextModel"],
    hidden_act: "gelu",
    hidden_size: 1024,
    intermediate_size: 4096,
    model_type: "clip_text_model",
    num_attention_heads: 16,
    num_hidden_layers: 23,
  };
  expect(readTextEncoderConfig(hub, FILE)).toEqual(SD2_TEXT_ENCODER);
});

test("takes the text part from a config of the whole of CLIP", () => {
  const clip = { model_type: "clip", text_config: { hidden_size: 768, num_attention_heads: 12 } };
  expect(readTextEncoderConfig(clip, FILE)).toMatchObject({ hidden_size: 768 });
});

test("refuses an activation that it does not support", () => {
  expect(() => readTextEncoderConfig({ hidden_act: "relu" }, FILE)).toThrow(
    'The text encoder\'s hidden_act is not supported: "relu"',
  );
});

test("refuses heads that do not divide the width", () => {
  expect(() => readTextEncoderConfig({ num_attention_heads: 7 }, FILE)).toThrow(
    "hidden_size 512 cannot be split into 7 heads",
  );
});
