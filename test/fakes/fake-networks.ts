import { promptEncoder } from "../../engine/pipeline/encode-prompt.ts";
import type { LatentSpace, PipelineParts } from "../../engine/pipeline/pipeline.ts";
import type {
  LayerReuse,
  Networks,
  Session,
  Tensors,
  UNetSessionSize,
} from "../../engine/pipeline/session.ts";
import { createGenerator } from "../../engine/tensor/noise.ts";
import { sizeOf, tensor, type Tensor } from "../../engine/tensor/tensor.ts";
import type { Tokenizer } from "../../engine/tokenizer/tokenizer.ts";

const SPACE: LatentSpace = { channels: 4, factor: 8, scalingFactor: 0.5 };

/** Networks that compute something small and known, and record their inputs. */
export class FakeNetworks implements Networks {
  readonly runs: { readonly network: string; readonly batch: number }[] = [];
  /** What the UNet was asked to reuse, for each session that was. */
  readonly reuses: LayerReuse[] = [];
  /** The UNet's guidance scale inputs, if it got any. */
  readonly guidance: Tensor[] = [];
  /** Called before each answer; may throw or change it. */
  spoil: (network: string, data: Float32Array) => void = () => {};

  textEncoder(batch: number): Session {
    return this.#session("text encoder", batch, "last_hidden_state", () => [batch, 77, 2]);
  }

  unet({ batch, reuse }: UNetSessionSize): Session {
    if (reuse !== undefined) this.reuses.push(reuse);
    return this.#session("UNet", batch, "out_sample", (inputs) => {
      const { sample, timestep_cond: guidance } = inputs;
      if (guidance) this.guidance.push(guidance);
      return [batch, ...sample!.shape.slice(1)];
    });
  }

  vaeDecoder({ batch, height, width }: { batch: number; height: number; width: number }): Session {
    return this.#session("VAE decoder", batch, "decoded", () => [batch, 3, 8 * height, 8 * width]);
  }

  vaeEncoder({ batch, height, width }: { batch: number; height: number; width: number }): Session {
    return this.#session("VAE encoder", batch, "moments", () => [batch, 8, height / 8, width / 8]);
  }

  #session(
    network: string,
    batch: number,
    output: string,
    shapeOf: (inputs: Tensors) => readonly number[],
  ): Session {
    return {
      run: async (inputs, signal) => {
        signal?.throwIfAborted();
        this.runs.push({ network, batch });
        const shape = shapeOf(inputs);
        const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i) / 10);
        this.spoil(network, data);
        return { [output]: tensor(shape, data) };
      },
    };
  }
}

/** A tokenizer that counts letters. */
const tokenizer: Tokenizer = {
  length: 77,
  encode: (text) => ({ ids: new Int32Array(77).fill(text.length), length: 77, count: text.length }),
  encodeAll: (text) => new Int32Array(text.length),
};

export function fakeParts(networks: FakeNetworks, guidesApart = false): PipelineParts {
  return {
    networks,
    encodePrompt: promptEncoder(networks, tokenizer, { masksPadding: false }),
    latents: SPACE,
    guidesApart: () => guidesApart,
    noise: createGenerator,
  };
}
