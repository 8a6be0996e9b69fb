import type { Model } from "../graph/graph.ts";
import { weightsToQuantize, type Quantizing } from "../graph/lowerings/int8-lowering.ts";
import { splitOnce } from "../graph/once.ts";
import { scaleMoves, type ScaleMove } from "../graph/lowerings/scale-moves.ts";
import { unet, type UNetSize } from "../networks/unet.ts";
import type { UNetConfig } from "../snapshot/unet-config.ts";

/** The input that stays the same in all steps of a picture. */
export const PROMPT_INPUT = "encoder_hidden_states";

/** The UNet split in two: what is computed once per prompt, and the rest. */
export function unetParts(
  config: UNetConfig,
  size: UNetSize,
): { readonly step: Model; readonly once?: Model | undefined } {
  const model = unet(config, size);
  return splitOnce(model, PROMPT_INPUT) ?? { step: model };
}

interface QuantizedParts {
  readonly names: ReadonlySet<string>;
  readonly moves: readonly ScaleMove[];
}

/** By config: a graph takes tens of milliseconds to build, and every estimate of an int8 picture asks. */
const quantizedParts = new WeakMap<UNetConfig, Map<Quantizing, QuantizedParts>>();

/** Which of a UNet's weights are quantized, and whose channels are scaled before that. */
export function quantizationOf(
  config: UNetConfig,
  quantizing: Quantizing,
): QuantizedParts & Pick<Quantizing, "bits"> {
  const known = quantizedParts.get(config) ?? new Map<Quantizing, QuantizedParts>();
  quantizedParts.set(config, known);
  const parts = known.get(quantizing) ?? quantizedPartsOf(config, quantizing);
  known.set(quantizing, parts);
  return { ...parts, bits: quantizing.bits };
}

function quantizedPartsOf(config: UNetConfig, quantizing: Quantizing): QuantizedParts {
  // Weights do not depend on the picture's size.
  const model = unet(config, { batch: 1, height: 64, width: 64, tokens: 1 });
  const { step } = splitOnce(model, PROMPT_INPUT) ?? { step: model };
  const names = new Set(weightsToQuantize(step, quantizing).map(({ name }) => name));
  return { names, moves: scaleMoves(model, names) };
}
