import type { Lowering } from "../graph/lowering.ts";
import { channelsLastLowering } from "../graph/channels-last-lowering.ts";
import { cpuLowering } from "../graph/cpu-lowering.ts";
import { EXACT, int8Lowering, type Quantizing, SATURATING } from "../graph/int8-lowering.ts";
import { portableLowering } from "../graph/portable-lowering.ts";
import type { Precision } from "../tensor/precision.ts";
import type { Provider } from "./messages.ts";

/** A place where sessions run, and how networks are laid out for it. */
export interface Device {
  readonly provider: Provider;
  /** For the UNet. */
  readonly lowering: Lowering;
  /** For a UNet in float32 that is mapped, where that has a lowering of its own. */
  readonly mappedLowering?: Lowering;
  /** For the text encoder, and for what the UNet computes once for a prompt. */
  readonly textLowering: Lowering;
  /** The VAE overflows in halves on some devices, so it is always float32. */
  readonly vaeLowering: Lowering;
  /** Whether what is constant for one prompt is computed by a graph of its own and kept beside the weights. */
  readonly splitsOnce: boolean;
  /** Where the UNet's lowering wants whole numbers: which. */
  readonly quantizing?: Quantizing;
}

/** The CPU, or a GPU that computes in float16 where the probe saw it can. */
export function deviceFor(provider: Provider, { float16 }: { float16: boolean }): Device {
  if (provider === "cpu") {
    return {
      provider,
      lowering: cpuLowering,
      mappedLowering: channelsLastLowering(),
      textLowering: cpuLowering,
      vaeLowering: channelsLastLowering(),
      splitsOnce: true,
    };
  }
  const lowering = portableLowering(float16 ? "float16" : "float32");
  return {
    provider,
    lowering,
    textLowering: lowering,
    vaeLowering: portableLowering("float32"),
    // Kept values would cross to the device at every step: 15 MB for a prompt of Stable Diffusion 2.
    splitsOnce: false,
  };
}

/** The CPU with the UNet's products in whole numbers. `isExact`: whether it adds them up without saturating. */
export function int8Device({ isExact }: { isExact: boolean }): Device {
  const quantizing = isExact ? EXACT : SATURATING;
  const cpu = deviceFor("cpu", { float16: false });
  return { ...cpu, lowering: int8Lowering, quantizing };
}

/** What the UNet's products are computed in. */
export function precisionOf({ lowering, quantizing }: Device): Precision | "int8" {
  return quantizing === undefined ? lowering.precision : "int8";
}
