import type { Lowering } from "../lowering.ts";
import { portableLowering } from "./portable-lowering.ts";

/**
 * Float32 for ONNX Runtime's CPU provider. Unlike the portable lowering it leaves matrices (out, in) as the file has
 * them, so that they are mapped and not copied (FusedMatMul), and uses the provider's vectorised GELU.
 */
export const cpuLowering: Lowering = {
  precision: "float32",
  operations: {
    ...portableLowering("float32").operations,

    linear: (emit, { weights: [matrix, bias] }, [x = ""]) => {
      if (matrix === undefined) return x;
      const y = emit.node("FusedMatMul", [x, emit.weight(matrix)], {
        attributes: { transB: 1 },
        domain: "com.microsoft",
      });
      return bias === undefined ? y : emit.node("Add", [y, emit.weight(bias)]);
    },

    gelu: (emit, _, [x = ""]) => emit.node("Gelu", [x], { domain: "com.microsoft" }),

    gatedGelu: (emit, _, [x = ""]) => {
      const [value = "", gate = ""] = emit.split("Split", [x], 2, {
        attributes: { axis: -1, num_outputs: 2 },
      });
      return emit.node("Mul", [value, emit.node("Gelu", [gate], { domain: "com.microsoft" })]);
    },
  },
};
