import type { Tensor } from "../tensor/tensor.ts";

/** One loaded network: named tensors in, named tensors out. One run at a time; aborting a run frees the device. */
export interface Session {
  run(inputs: Tensors, signal?: AbortSignal): Promise<Tensors>;
}
export type Tensors = Readonly<Record<string, Tensor>>;

/** Batch size, and height and width of the input tensor. */
export interface SessionSize {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

/** How an evaluation of the UNet keeps and reuses the result of all layers but the last. */
export interface LayerReuse {
  /** The run that the evaluation belongs to. A result of another run is not reused. */
  readonly of: object;
  /** Which of the run's two predictions it is, if they are evaluated separately: each keeps its own result. */
  readonly row: 0 | 1;
  /** Whether to run only the last layer, on the kept result; all layers are run if there is none. */
  readonly isReused: boolean;
}

/** `batch` is the number of texts. */
export interface UNetSessionSize extends SessionSize {
  /** If 1, all texts share one sample; by default each has its own. */
  readonly samples?: 1;
  /** By default nothing is kept or reused. */
  readonly reuse?: LayerReuse | undefined;
}

/** The networks of one model; a session is loaded when it is first run. */
export interface Networks {
  /** input_ids (batch, tokens) and, where padding is masked, attention_mask to last_hidden_state (batch, tokens, width). */
  textEncoder(batch: number): Session;
  /**
   * sample (samples, 4, h, w), timestep (1), encoder_hidden_states (batch, tokens, width) and, if the UNet takes the
   * guidance scale, timestep_cond (1, width) to out_sample (batch, 4, h, w).
   */
  unet(size: UNetSessionSize): Session;
  /** latents (batch, 4, h, w) to decoded (batch, 3, 8h, 8w). */
  vaeDecoder(size: SessionSize): Session;
  /** image (batch, 3, h, w) to moments (batch, 8, h/8, w/8), or 4 of a VAE that gives the mean alone. */
  vaeEncoder(size: SessionSize): Session;
}
