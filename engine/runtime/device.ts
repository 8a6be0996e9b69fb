import type { DeviceReport } from "../contract/devices.ts";
import type { Lowering } from "../graph/lowering.ts";
import { channelsLastLowering } from "../graph/lowerings/channels-last-lowering.ts";
import { cpuLowering } from "../graph/lowerings/cpu-lowering.ts";
import { cudaLowering } from "../graph/lowerings/cuda-lowering.ts";
import {
  EXACT,
  int8Lowering,
  type Quantizing,
  SATURATING,
  SATURATING_SMALL,
} from "../graph/lowerings/int8-lowering.ts";
import { portableLowering } from "../graph/lowerings/portable-lowering.ts";
import type { Precision } from "../tensor/precision.ts";
import type { Provider } from "./messages.ts";

/** Where sessions run, and how networks are lowered for it. */
export interface Device {
  readonly provider: Provider;
  /** For the UNet. */
  readonly lowering: Lowering;
  /** For a UNet in float32 that is mapped, where another lowering is faster for that. */
  readonly mappedLowering?: Lowering;
  /** For the text encoder, and for the part of the UNet that is computed once per prompt. */
  readonly textLowering: Lowering;
  /** For the VAE, always float32, since it overflows in float16 on some devices. */
  readonly vaeLowering: Lowering;
  /** Whether what is constant for a prompt is computed by a graph of its own, and its result kept in memory. */
  readonly splitsOnce: boolean;
  /** How the UNet's weights are quantized, where its lowering needs that. */
  readonly quantizing?: Quantizing;
}

/** The results of a device's probe. */
type Shown = Pick<DeviceReport, "float16" | "fusedOperators">;

/** The CPU, or a GPU that computes in float16 and by fused operators if its probe showed that it can. */
export function deviceFor(provider: Provider, { float16, fusedOperators }: Shown): Device {
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
  const textLowering = portableLowering(float16 ? "float16" : "float32");
  return {
    provider,
    lowering: fusedOperators === true ? cudaLowering("float16") : textLowering,
    textLowering,
    vaeLowering: portableLowering("float32"),
    // Kept values would be copied to the device at every step: 15 MB for a prompt of Stable Diffusion 2.
    splitsOnce: false,
  };
}

/**
 * The CPU with the UNet's products in int8. `isExact`: whether it adds them without saturating; `isTight`: whether
 * memory is short.
 */
export function int8Device({
  isExact,
  isTight = false,
}: {
  readonly isExact: boolean;
  readonly isTight?: boolean;
}): Device {
  const saturating = isTight ? SATURATING_SMALL : SATURATING;
  const quantizing = isExact ? EXACT : saturating;
  const cpu = deviceFor("cpu", { float16: false });
  return { ...cpu, lowering: int8Lowering, quantizing };
}

/** The precision of the UNet's products. */
export function precisionOf({ lowering, quantizing }: Device): Precision | "int8" {
  return quantizing === undefined ? lowering.precision : "int8";
}
