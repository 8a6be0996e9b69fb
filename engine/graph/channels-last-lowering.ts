import { nearestPlaces } from "./bands.ts";
import { convolved, silu } from "./channels-last-convolution.ts";
import { normFactors } from "./channels-last-norm.ts";
import { inTiles, methodFor } from "./convolution-methods.ts";
import { cpuLowering } from "./cpu-lowering.ts";
import type { Lowering } from "./lowering.ts";
import { DOUBLED } from "./winograd.ts";

/** 4 MB: bands are computed within a cache (README.md has figures). */
const BAND_FLOATS = 2 ** 20;

/**
 * Float32 for the CPU with the channels of a pixel side by side: pictures are (b, h, w, c). A convolution gathers whole
 * pixels and multiplies matrices, band by band, without ONNX Runtime's copies from layout to layout.
 */
export function channelsLastLowering({ bandFloats = BAND_FLOATS } = {}): Lowering {
  return {
    precision: "float32",
    layout: "channels last",
    operations: {
      ...cpuLowering.operations,

      ...convolutions(bandFloats),

      groupNorm: (emit, { attributes, weights: [scale, shift], inputs: [input] }, [x = ""]) => {
        const [batch = 0, channels = 0] = input?.shape ?? [];
        const factors = normFactors(emit, x, { ...attributes, input, scale, shift, bandFloats });
        const [factor = "", offset = ""] = [factors.factor, factors.offset].map((values) =>
          emit.reshape(values, [batch, 1, 1, channels]),
        );
        return emit.node("Add", [emit.node("Mul", [x, factor]), offset]);
      },

      silu: (emit, _, [x = ""]) => silu(emit, x),

      addPerChannel: (emit, { inputs: [, perChannel] }, [x = "", y = ""]) => {
        const [batch = 0, channels = 0] = perChannel?.shape ?? [];
        return emit.node("Add", [x, emit.reshape(y, [batch, 1, 1, channels])]);
      },

      concat: (emit, _, inputs) => emit.node("Concat", inputs, { attributes: { axis: 3 } }),

      flattenSpace: (emit, { output }, [x = ""]) => emit.reshape(x, output.shape),

      unflattenSpace: (emit, { output: { shape } }, [x = ""]) => {
        const [batch = 0, channels = 0, height = 0, width = 0] = shape;
        return emit.reshape(x, [batch, height, width, channels]);
      },

      upsample: (emit, { inputs: [input], output }, [x = ""]) => {
        const [batch = 0, channels = 0, height = 0, width = 0] = input?.shape ?? [];
        const [, , tall = 0, wide = 0] = output.shape;
        const { rows, columns } = nearestPlaces({ batch, height, width, tall, wide });
        const table = emit.node("Add", [
          emit.places(rows, [batch * tall, 1]),
          emit.places(columns, [1, wide]),
        ]);
        const pixels = emit.reshape(x, [batch * height * width, channels]);
        return emit.reshape(emit.node("Gather", [pixels, table]), [batch, tall, wide, channels]);
      },
    },
  };
}

type Convolutions = Pick<Lowering["operations"], "conv2d" | "doubledConv2d" | "normedConv2d">;

function convolutions(bandFloats: number): Convolutions {
  return {
    conv2d: (emit, node, [x = ""]) => {
      const [kernel, bias] = node.weights;
      if (kernel === undefined) return x;
      const { stride, pads } = node.attributes;
      const [out = 0, channels = 0, size] = kernel.shape;
      if (size !== 1 || stride !== 1) {
        const method = methodFor(kernel, stride);
        return convolved(emit, x, { node, method, pads, bias, bandFloats });
      }
      const matrix = emit.weight(kernel, { shape: [out, channels] });
      const options = { attributes: { transB: 1 }, domain: "com.microsoft" } as const;
      const y = emit.node("FusedMatMul", [x, matrix], options);
      return bias === undefined ? y : emit.node("Add", [y, emit.weight(bias)]);
    },

    doubledConv2d: (emit, node, [x = ""]) => {
      const [kernel, bias] = node.weights;
      if (kernel === undefined) return x;
      const method = inTiles(kernel, DOUBLED);
      return convolved(emit, x, { node, method, pads: [1, 1], bias, bandFloats });
    },

    normedConv2d: (emit, node, [x = "", rest]) => {
      const [scale, shift, kernel, bias] = node.weights;
      const [input] = node.inputs;
      if (kernel === undefined) return x;
      const norm = { ...node.attributes, input, scale, shift, bandFloats };
      const factors = normFactors(emit, x, norm);
      const method = methodFor(kernel, 1);
      return convolved(emit, x, { node, method, pads: [1, 1], bias, factors, rest, bandFloats });
    },
  };
}
