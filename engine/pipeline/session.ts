import type { Tensor } from "../tensor/tensor.ts";

/** One loaded network: named tensors in, named tensors out. Runs one at a time; `signal` frees the device. */
export interface Session {
  run(inputs: Tensors, signal?: AbortSignal): Promise<Tensors>;
}
export type Tensors = Readonly<Record<string, Tensor>>;

/** Batch, and height and width of the tensor that goes in. */
export interface SessionSize {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

/** `of`: the run that it belongs to; of another nothing is reused, and all layers are run. */
export interface Deep {
  readonly of: object;
  /** Which of a run's predictions it is, if they are two runs of the UNet: each keeps its own results. */
  readonly row: 0 | 1;
  readonly isReused: boolean;
}

/** The batch is of texts; 1 sample is predicted under all of them, and by default each has its own. */
export interface UNetSessionSize extends SessionSize {
  readonly samples?: 1;
  /**
   * The result of all layers but the last is kept on the device; if `isReused`, only the last layer is run, on what was
   * kept before. By default nothing is kept.
   */
  readonly deep?: Deep | undefined;
}

/** The networks of one model; a session is made ready when it is first run. */
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
