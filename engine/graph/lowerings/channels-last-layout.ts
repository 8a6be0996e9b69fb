import type { Lowering } from "../lowering.ts";

type Layout = Pick<Lowering["operations"], "concat" | "flattenSpace" | "unflattenSpace">;

/** The operations that only depend on where channels lie: pictures are (b, h, w, c). */
export const channelsLastLayout: Layout = {
  concat: (emit, _, inputs) => emit.node("Concat", inputs, { attributes: { axis: 3 } }),

  flattenSpace: (emit, { output }, [x = ""]) => emit.reshape(x, output.shape),

  unflattenSpace: (emit, { output: { shape } }, [x = ""]) => {
    const [batch = 0, channels = 0, height = 0, width = 0] = shape;
    return emit.reshape(x, [batch, height, width, channels]);
  },
};
