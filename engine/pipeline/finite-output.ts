import { StudioError } from "../contract/errors.ts";
import type { FloatTensor } from "../tensor/tensor.ts";
import type { Tensors } from "./session.ts";

/** Where a result came from; used in the sentence of a refusal. */
interface Origin {
  readonly network: string;
  readonly step: number | string;
}

/** The named float output of a session. Refuses values that are not finite, which would be drawn as black. */
export function finiteOutput(
  outputs: Tensors,
  name: string,
  { network, step }: Origin,
): FloatTensor {
  const output = outputs[name];
  if (!(output?.data instanceof Float32Array)) throw new TypeError(`no float output ${name}`);
  if (!output.data.every(Number.isFinite)) throw new StudioError("NOT_FINITE", { network, step });
  return { shape: output.shape, data: output.data };
}
