import { CHANNELS, ConfigReader, LAYERS, type Range } from "./config-reader.ts";
import { isObject, type JsonObject } from "./json.ts";

/** CLIPTextModel, text_encoder/config.json. */
export interface TextEncoderConfig {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly max_position_embeddings: number;
  readonly hidden_act: "gelu" | "quick_gelu";
  readonly layer_norm_eps: number;
  /** Whether padding is masked, as StableDiffusionPipeline does for a config that says so. */
  readonly use_attention_mask: boolean;
}

/** At least the two markers and one token. Attention takes memory with the square of this, hence the maximum. */
const POSITIONS: Range = { min: 3, max: 1_024 };

/** text_encoder/config.json with CLIPTextConfig's defaults (transformers, configuration_clip.py). */
export function readTextEncoderConfig(json: JsonObject, file: string): TextEncoderConfig {
  const read = new ConfigReader(textPart(json), file, "The text encoder");
  const config: TextEncoderConfig = {
    vocab_size: read.integer("vocab_size", 49_408, { min: 1, max: 10_000_000 }),
    hidden_size: read.integer("hidden_size", 512, CHANNELS),
    intermediate_size: read.integer("intermediate_size", 2048, CHANNELS),
    num_hidden_layers: read.integer("num_hidden_layers", 12, LAYERS),
    num_attention_heads: read.integer("num_attention_heads", 8, { min: 1, max: 1_024 }),
    max_position_embeddings: read.integer("max_position_embeddings", 77, POSITIONS),
    hidden_act: read.word("hidden_act", "quick_gelu", ["gelu", "quick_gelu"]),
    use_attention_mask: read.flag("use_attention_mask", false),
    layer_norm_eps: read.number("layer_norm_eps", 1e-5, { min: 0, max: 1 }),
  };
  const { hidden_size: width, num_attention_heads: heads } = config;
  read.demand(width % heads === 0, `hidden_size ${width} cannot be split into ${heads} heads`);
  return config;
}

/** A config of a whole CLIP model contains the text encoder's part, which transformers accepts as well. */
function textPart(json: JsonObject): JsonObject {
  const part = json["model_type"] === "clip" ? json["text_config"] : undefined;
  return isObject(part) ? part : json;
}
