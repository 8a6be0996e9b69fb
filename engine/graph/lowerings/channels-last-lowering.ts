import { nearestPlaces } from "./bands.ts";
import { convolved, silu } from "./channels-last-convolution.ts";
import { channelsLastLayout } from "./channels-last-layout.ts";
import { normFactors, type Factors } from "./channels-last-norm.ts";
import { inTiles, methodFor } from "./convolution-methods.ts";
import { cpuLowering } from "./cpu-lowering.ts";
import type { Emitter } from "../emitter.ts";
import type { Node, NodeOf, Value } from "../graph.ts";
import type { Lowering } from "../lowering.ts";
import { joinNorms } from "./normed-convolution.ts";
import { fuseUpsampling } from "./upsampled-convolution.ts";
import { UPSAMPLED } from "./winograd.ts";

/** 4 MB of float32, so that a band stays in a cache (measured: engine/README.md). */
const BAND_FLOATS = 2 ** 20;

/**
 * Below this, transforming the kernel in each run costs about what the method saves, and takes 0.4 GB in a UNet's
 * second level.
 */
const FEWEST_PIXELS = 4096;

interface Options {
  readonly bandFloats?: number;
  readonly fewestPixels?: number;
}

/**
 * Float32 for the CPU with channels last: pictures are (b, h, w, c). A convolution gathers whole pixels and multiplies
 * matrices, band by band, and so avoids the layout conversions of ONNX Runtime's own convolution.
 */
export function channelsLastLowering({
  bandFloats = BAND_FLOATS,
  fewestPixels = FEWEST_PIXELS,
}: Options = {}): Lowering {
  return {
    precision: "float32",
    layout: "channels last",
    prepare: (model) => joinNorms(fuseUpsampling(model)),
    transformsKernels: true,
    operations: {
      ...cpuLowering.operations,

      ...channelsLastLayout,

      ...convolutions({ bandFloats, fewestPixels }),

      groupNorm: (emit, { attributes, weights: [scale, shift], inputs: [input] }, [x = ""]) => {
        const norm = { ...attributes, input, scale, shift, bandFloats };
        return scaled(emit, x, normFactors(emit, x, norm));
      },

      silu: (emit, _, [x = ""]) => silu(emit, x),

      addPerChannel: (emit, { inputs: [, perChannel] }, [x = "", y = ""]) => {
        const [batch = 0, channels = 0] = perChannel?.shape ?? [];
        return emit.node("Add", [x, emit.reshape(y, [batch, 1, 1, channels])]);
      },

      upsample: (emit, node, [x = ""]) => upsampled(emit, node, x),
    },
  };
}

type Convolutions = Pick<Lowering["operations"], "conv2d" | "upsampledConv2d" | "normedConv2d">;

function convolutions({ bandFloats, fewestPixels }: Required<Options>): Convolutions {
  const isSmall = ({ output }: Pick<Node, "output">): boolean => pixelsOf(output) < fewestPixels;
  return {
    conv2d: (emit, node, [x = ""]) => {
      const [kernel, bias] = node.weights;
      if (kernel === undefined) return x;
      const { stride, pads } = node.attributes;
      const [, , size] = kernel.shape;
      if (size === 1 && stride === 1) return perPixel(emit, node, x);
      if (isSmall(node)) return turnedOver(emit, node, x);
      const method = methodFor(kernel, stride);
      return convolved(emit, x, { node, method, pads, bias, bandFloats });
    },

    upsampledConv2d: (emit, node, [x = ""]) => {
      const [kernel, bias] = node.weights;
      if (kernel === undefined) return x;
      if (isSmall(node)) return turnedOver(emit, sameSize(node), upsampled(emit, node, x));
      const method = inTiles(kernel, UPSAMPLED);
      return convolved(emit, x, { node, method, pads: [1, 1], bias, bandFloats });
    },

    normedConv2d: (emit, node, [x = "", rest]) => {
      const [scale, shift, kernel, bias] = node.weights;
      const [input] = node.inputs;
      if (kernel === undefined) return x;
      const norm = { ...node.attributes, input, scale, shift, bandFloats };
      const factors = normFactors(emit, x, norm);
      if (isSmall(node)) {
        const convolution = sameSize({ ...node, weights: node.weights.slice(2) });
        const y = turnedOver(emit, convolution, silu(emit, scaled(emit, x, factors)));
        return rest === undefined ? y : emit.node("Add", [y, rest]);
      }
      const method = methodFor(kernel, 1);
      return convolved(emit, x, { node, method, pads: [1, 1], bias, factors, rest, bandFloats });
    },
  };
}

function pixelsOf({ shape: [batch = 0, , height = 0, width = 0] }: Value): number {
  return batch * height * width;
}

type Plain = Pick<NodeOf<"conv2d">, "weights" | "attributes">;

function sameSize({ weights }: Pick<Node, "weights">): Plain {
  return { weights, attributes: { stride: 1, pads: [1, 1, 1, 1] } };
}

/** A 1x1 convolution is a matrix product. */
function perPixel(emit: Emitter, { weights: [kernel, bias] }: NodeOf<"conv2d">, x: string): string {
  if (kernel === undefined) return x;
  const matrix = emit.weight(kernel, { shape: kernel.shape.slice(0, 2) });
  const options = { attributes: { transB: 1 }, domain: "com.microsoft" } as const;
  const y = emit.node("FusedMatMul", [x, matrix], options);
  return bias === undefined ? y : emit.node("Add", [y, emit.weight(bias)]);
}

/** Runs ONNX Runtime's own convolution, in the layout that it needs. */
function turnedOver(emit: Emitter, { weights, attributes }: Plain, x: string): string {
  const inputs = [emit.transpose(x, [0, 3, 1, 2]), ...weights.map((weight) => emit.weight(weight))];
  const { stride, pads } = attributes;
  const y = emit.node("Conv", inputs, {
    attributes: { strides: [stride, stride], pads: [...pads] },
  });
  return emit.transpose(y, [0, 2, 3, 1]);
}

function scaled(emit: Emitter, x: string, { factor, offset }: Factors): string {
  const [by = "", then = ""] = [factor, offset].map((values) =>
    emit.node("Unsqueeze", [values, emit.integers([1, 2])]),
  );
  return emit.node("Add", [emit.node("Mul", [x, by]), then]);
}

function upsampled(
  emit: Emitter,
  { inputs: [input], output }: Pick<Node, "inputs" | "output">,
  x: string,
): string {
  const [batch = 0, channels = 0, height = 0, width = 0] = input?.shape ?? [];
  const [, , tall = 0, wide = 0] = output.shape;
  const { rows, columns } = nearestPlaces({ batch, height, width, tall, wide });
  const table = emit.node("Add", [
    emit.places(rows, [batch * tall, 1]),
    emit.places(columns, [1, wide]),
  ]);
  const pixels = emit.reshape(x, [batch * height * width, channels]);
  return emit.reshape(emit.node("Gather", [pixels, table]), [batch, tall, wide, channels]);
}
