import { expect, test } from "vitest";
import { countParameters, type Model, type Weight } from "../../../engine/graph/graph.ts";
import { textEncoder } from "../../../engine/networks/text-encoder.ts";
import { unet } from "../../../engine/networks/unet.ts";
import { vaeDecoder, vaeEncoder } from "../../../engine/networks/vae.ts";
import { SD2_TEXT_ENCODER, SD2_UNET, SD2_VAE } from "../../fakes/sd2-configs.ts";

const size = { batch: 2, height: 64, width: 64 };

/** Both halves of the autoencoder as one set of weights. */
function together(...models: readonly Model[]): Model {
  const weights = new Map<string, Weight>(models.flatMap((model) => [...model.weights]));
  return { inputs: [], nodes: [], outputs: [], weights };
}

test.each([
  ["UNet", unet(SD2_UNET, { ...size, tokens: 77 }), 686, 865_910_724],
  ["text encoder", textEncoder(SD2_TEXT_ENCODER, { batch: 2, tokens: 77 }), 372, 340_387_840],
  ["VAE", together(vaeDecoder(SD2_VAE, size), vaeEncoder(SD2_VAE, size)), 248, 83_653_863],
])(
  "the SD 2 %s asks for exactly the published tensors and parameters",
  (_, model, tensors, parameters) => {
    expect({ tensors: model.weights.size, parameters: countParameters(model) }).toEqual({
      tensors,
      parameters,
    });
  },
);

test("the size of a picture changes no weight", () => {
  const other = unet(SD2_UNET, { batch: 1, height: 40, width: 72, tokens: 77 });
  expect(other.weights).toEqual(unet(SD2_UNET, { ...size, tokens: 77 }).weights);
});
