import type { Lowering } from "../graph/lowering.ts";
import { cpuLowering } from "../graph/cpu-lowering.ts";
import { portableLowering } from "../graph/portable-lowering.ts";
import type { Provider } from "./messages.ts";

/** A place where sessions run, and how networks are laid out for it. */
export interface Device {
  readonly provider: Provider;
  /** For the UNet and the text encoder. */
  readonly lowering: Lowering;
  /** The VAE overflows in halves on some devices, so it is always float32. */
  readonly vaeLowering: Lowering;
  /** Whether what is constant for one prompt is computed by a graph of its own and kept beside the weights. */
  readonly splitsOnce: boolean;
}

/** The CPU, or a GPU that computes in float16 where the probe saw it can. */
export function deviceFor(provider: Provider, { float16 }: { float16: boolean }): Device {
  if (provider === "cpu") {
    return { provider, lowering: cpuLowering, vaeLowering: cpuLowering, splitsOnce: true };
  }
  return {
    provider,
    lowering: portableLowering(float16 ? "float16" : "float32"),
    vaeLowering: portableLowering("float32"),
    // Kept values would cross to the device at every step: 15 MB for a prompt of Stable Diffusion 2.
    splitsOnce: false,
  };
}
