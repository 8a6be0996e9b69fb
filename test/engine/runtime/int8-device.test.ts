import { expect, test } from "vitest";
import { type Device, int8Device } from "../../../engine/runtime/device.ts";
import { load, readTensors, relativeError, snapshotFolder } from "../../golden/reference.ts";

const unet = readTensors("tiny-sd2-v/expected/unet.safetensors");
const input = (name: string) => unet[`0.${name}`]!;

/** Relative error of the reference's UNet compared with diffusers in float32. */
async function errorOn(device: Device): Promise<number> {
  using reference = await load(snapshotFolder("tiny-sd2-v"), device);
  const [batch = 0, , height = 0, width = 0] = input("sample").shape;
  const inputs = {
    sample: input("sample"),
    timestep: { shape: [1], data: input("timestep").data },
    encoder_hidden_states: input("encoder_hidden_states"),
  };
  const { networks } = reference.loaded.parts;
  const { out_sample } = await networks.unet({ batch, height, width }).run(inputs);
  return relativeError(out_sample!.data as Float32Array, input("out").data);
}

test.each([
  ["exact, 8 bits", true],
  ["saturating, 7 bits", false],
])("integers stay close to float32 if products are %s", async (_, isExact) => {
  const error = await errorOn(int8Device({ isExact }));
  expect(error).toBeGreaterThan(1e-4);
  // The weights are random and in few channels; a wrong order of weights gives 1.
  expect(error).toBeLessThan(0.15);
});
