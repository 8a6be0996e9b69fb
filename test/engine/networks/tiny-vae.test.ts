import { expect, test } from "vitest";
import { channelsLastLowering } from "../../../engine/graph/lowerings/channels-last-lowering.ts";
import { countParameters } from "../../../engine/graph/graph.ts";
import { vaeDecoder, vaeEncoder } from "../../../engine/networks/vae.ts";
import { readVaeConfig } from "../../../engine/snapshot/vae-config.ts";
import { saveModel } from "../../golden/changed-models.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { CPU, load, readTensors, relativeError } from "../../golden/reference.ts";

test("TAESD has 1,222,531 parameters in its decoder and 1,222,532 in its encoder", () => {
  const config = readVaeConfig({ _class_name: "AutoencoderTiny" }, "vae/config.json");
  const size = { batch: 1, height: 64, width: 64 };
  expect(countParameters(vaeDecoder(config, size))).toBe(1_222_531);
  expect(countParameters(vaeEncoder(config, size))).toBe(1_222_532);
});

test.each([
  ["in large bands", 2 ** 20],
  ["in the smallest bands", 1],
])("a tiny VAE decodes and encodes as diffusers does, %s", async (_, bandFloats) => {
  const folder = temporaryFolder();
  saveModel("tiny-vae", folder);
  using reference = await load(folder, {
    ...CPU,
    vaeLowering: channelsLastLowering({ bandFloats, fewestPixels: 1 }),
  });
  const { networks } = reference.loaded.parts;
  const { latents, decoded, image, encoded } = readTensors("tiny-vae/expected.safetensors");
  const [, , height = 0, width = 0] = latents!.shape;
  const picture = await networks.vaeDecoder({ batch: 1, height, width }).run({ latents: latents! });
  expect(relativeError(picture["decoded"]!.data as Float32Array, decoded!.data)).toBeLessThan(1e-5);
  const [, , rows = 0, columns = 0] = image!.shape;
  const size = { batch: 1, height: rows, width: columns };
  const { moments } = await networks.vaeEncoder(size).run({ image: image! });
  expect(moments!.shape).toEqual(encoded!.shape);
  expect(relativeError(moments!.data as Float32Array, encoded!.data)).toBeLessThan(1e-5);
});
