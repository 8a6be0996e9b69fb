import { Graph, type Model, type Value } from "../graph/graph.ts";
import {
  add,
  addRows,
  attend,
  embedding,
  gelu,
  layerNorm,
  linear,
  quickGelu,
} from "../graph/layers.ts";
import type { TextEncoderConfig } from "../snapshot/text-encoder-config.ts";

/** Number of tokens, as the tokenizer gives them; at most max_position_embeddings. */
export interface TextSize {
  readonly batch: number;
  readonly tokens: number;
}

/**
 * CLIPTextModel: `input_ids` (batch, tokens) to `last_hidden_state` (batch, tokens, hidden_size). With
 * use_attention_mask it also takes `attention_mask` (batch, tokens): 1 for the text, 0 for padding. Stable Diffusion 2
 * uses OpenCLIP's ViT-H without its last layer; its snapshots are cut off already.
 */
export function textEncoder(config: TextEncoderConfig, { batch, tokens }: TextSize): Model {
  const { hidden_size: width, max_position_embeddings: positions } = config;
  const g = Graph.empty();
  const ids = g.input("input_ids", [batch, tokens], "integer");
  const seen = config.use_attention_mask ? g.input("attention_mask", [batch, tokens]) : undefined;
  let x = embedding(g.at("embeddings.token_embedding"), ids, { rows: config.vocab_size, width });
  x = addRows(g.at("embeddings.position_embedding"), x, positions);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    x = encoderLayer(g.at(`encoder.layers.${layer}`), x, { config, seen });
  }
  x = layerNorm(g.at("final_layer_norm"), x, config.layer_norm_eps);
  return g.output("last_hidden_state", x);
}

/** What a layer can read besides its own input. */
interface Conditioning {
  readonly config: TextEncoderConfig;
  readonly seen: Value | undefined;
}

function encoderLayer(g: Graph, x: Value, cond: Conditioning): Value {
  const { config } = cond;
  const h = layerNorm(g.at("layer_norm1"), x, config.layer_norm_eps);
  const y = add(g, x, selfAttention(g.at("self_attn"), h, cond));
  return add(
    g,
    y,
    feedForward(g.at("mlp"), layerNorm(g.at("layer_norm2"), y, config.layer_norm_eps), config),
  );
}

function selfAttention(g: Graph, x: Value, { config, seen }: Conditioning): Value {
  const [, , width = 0] = x.shape;
  const query = linear(g.at("q_proj"), x, width);
  const key = linear(g.at("k_proj"), x, width);
  const value = linear(g.at("v_proj"), x, width);
  return linear(
    g.at("out_proj"),
    attend(g, { query, key, value, seen }, config.num_attention_heads, true),
    width,
  );
}

function feedForward(g: Graph, x: Value, config: TextEncoderConfig): Value {
  const activation = config.hidden_act === "quick_gelu" ? quickGelu : gelu;
  const h = activation(g, linear(g.at("fc1"), x, config.intermediate_size));
  return linear(g.at("fc2"), h, config.hidden_size);
}
