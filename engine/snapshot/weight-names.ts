/** The three networks, as messages call them. */
export type NetworkName = "text encoder" | "UNet" | "VAE";

/** A tensor as its network asks for it. */
export interface Named {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The name and shape that current diffusers and transformers give a tensor, for weight files of any age. */
export function canonical(network: NetworkName, tensor: Named): Named {
  if (network === "UNet") return tensor;
  return network === "VAE" ? vaeTensor(tensor) : textEncoderTensor(tensor);
}

/** Files on the hub keep the text model's prefix. */
function textEncoderTensor({ name, shape }: Named): Named {
  return { name: name.replace(/^text_model\./, ""), shape };
}

/** The VAE's attention projections: names before diffusers 0.18, and current ones. */
const PROJECTIONS: Readonly<Record<string, string>> = {
  query: "to_q",
  key: "to_k",
  value: "to_v",
  proj_attn: "to_out.0",
};

/** In files of the original implementation projections were 1x1 convolutions. */
function vaeTensor(tensor: Named): Named {
  const attention =
    /^(.+\.attentions\.\d+)\.(query|key|value|proj_attn|to_q|to_k|to_v|to_out\.0)\.(weight|bias)$/;
  const match = attention.exec(tensor.name);
  if (match === null) return tensor;
  const [, path, projection = "", part] = match;
  const { shape } = tensor;
  const isPointwise = shape.length === 4 && shape[2] === 1 && shape[3] === 1;
  return {
    name: `${path}.${PROJECTIONS[projection] ?? projection}.${part}`,
    shape: isPointwise ? shape.slice(0, 2) : shape,
  };
}
