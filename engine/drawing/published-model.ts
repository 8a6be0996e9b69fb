import type { ModelSummary } from "../contract/models.ts";
import { countParameters } from "../graph/graph.ts";
import { textEncoder } from "../networks/text-encoder.ts";
import { unet } from "../networks/unet.ts";
import { vaeDecoder, vaeEncoder } from "../networks/vae.ts";
import { isGuided } from "../pipeline/guidance.ts";
import { usualSettings } from "./read-model.ts";
import { workOf, type ModelShape, type PictureWork } from "./work.ts";

/** A model that is known by its configs only. Sizes are in pixels. */
export interface PublishedModel {
  readonly networks: ModelShape["snapshot"];
  /** Whether it was distilled to few steps. */
  readonly isDistilled: boolean;
  readonly width: number;
  readonly height: number;
}

/** What its configs say of a model: its size, and the work of a picture with its own settings. */
export interface CountedModel extends Pick<
  ModelSummary,
  "width" | "height" | "isDistilled" | "steps" | "parameters" | "unetParameters" | "vaeParameters"
> {
  readonly work: PictureWork;
}

/** Counts a model's parameters and work from graphs of its networks; nothing of it needs to be on this machine. */
export function countModel({ networks, isDistilled, ...size }: PublishedModel): CountedModel {
  const { config } = networks.unet;
  const tokenizer = { length: networks.textEncoder.config.max_position_embeddings };
  const { num_inference_steps: steps, guidance_scale: guidanceScale } = usualSettings(
    config,
    isDistilled,
  );
  const guidance = { guidanceScale, guidanceWidth: config.time_cond_proj_dim };
  const work = workOf({ snapshot: networks, tokenizer }, { ...size, isGuided: isGuided(guidance) });
  return { ...size, isDistilled, steps, work, ...parametersOf(networks) };
}

/** Any size works: weights do not depend on it. */
const SIZE = { batch: 1, height: 8, width: 8, tokens: 1 };

function parametersOf({ textEncoder: text, unet: noise, vae }: ModelShape["snapshot"]) {
  const unetParameters = countParameters(unet(noise.config, SIZE));
  const halves = [vaeDecoder(vae.config, SIZE), vaeEncoder(vae.config, SIZE)].map(countParameters);
  const vaeParameters = halves.reduce((sum, half) => sum + half, 0);
  const rest = countParameters(textEncoder(text.config, SIZE));
  return { parameters: rest + unetParameters + vaeParameters, unetParameters, vaeParameters };
}
