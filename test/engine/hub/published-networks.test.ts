import { expect, test } from "vitest";
import { family2 } from "../../../engine/hub/published-networks.ts";
import { SD2_TEXT_ENCODER, SD2_UNET, SD2_VAE } from "../../fakes/sd2-configs.ts";

test("Stable Diffusion 2 has the configs of its repository, apart from the size it was trained on", () => {
  expect(family2({ sample_size: 96 })).toEqual({
    textEncoder: { config: SD2_TEXT_ENCODER },
    unet: { config: SD2_UNET },
    vae: { config: SD2_VAE },
  });
});
