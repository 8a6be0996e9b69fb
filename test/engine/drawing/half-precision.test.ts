import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { STARTER } from "../../../engine/drawing/read-model.ts";
import { tryModel } from "../../../engine/drawing/half-precision.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

/** A copy of the starter with every number of one tensor changed. In half precision, 70,000 becomes infinity. */
function starterWith(file: string, tensor: string, change: (value: number) => number): string {
  const folder = join(temporaryFolder(), "snapshot");
  cpSync(STARTER, folder, { recursive: true });
  const path = join(folder, file);
  const bytes = readFileSync(path);
  const headerBytes = Number(bytes.readBigUInt64LE(0));
  const header: unknown = JSON.parse(bytes.toString("utf8", 8, 8 + headerBytes));
  const { dtype, data_offsets: offsets } = (header as Record<string, Entry>)[tensor]!;
  const data = new DataView(bytes.buffer, bytes.byteOffset + 8 + headerBytes);
  const width = dtype === "F32" ? 4 : 2;
  for (let at = offsets[0]; at < offsets[1]; at += width) {
    if (width === 4) data.setFloat32(at, change(data.getFloat32(at, true)), true);
    else data.setFloat16(at, change(data.getFloat16(at, true)), true);
  }
  writeFileSync(path, bytes);
  return folder;
}

interface Entry {
  readonly dtype: string;
  readonly data_offsets: readonly [number, number];
}

const UNET = "unet/diffusion_pytorch_model.safetensors";

test("the starter stays within half precision, and draws", async () => {
  const { outcome, check } = await tryModel(STARTER);
  expect(outcome).toMatchObject({ record: { width: 128, height: 128, device: "cpu" } });
  expect(check).toMatchObject({ name: "half-precision", outcome: "ok" });
  expect(check.found).toMatch(
    /^No value is beyond \d[\d.]* \(.+ of the (UNet|text encoder|VAE decoder)\), and half precision ends at 65504\.$/,
  );
});

test.each([
  [UNET, "mid_block.resnets.0.conv1", "UNet"],
  [
    "unet/diffusion_pytorch_model.safetensors",
    "mid_block.attentions.0.transformer_blocks.0.attn1.to_out.0",
    "UNet",
  ],
  ["vae/diffusion_pytorch_model.safetensors", "decoder.up_blocks.1.resnets.0.conv2", "VAE decoder"],
  ["text_encoder/model.safetensors", "encoder.layers.1.mlp.fc1", "text encoder"],
])("in %s, %s is named if its values are too large", async (file, layer, network) => {
  const folder = starterWith(
    file,
    `${network === "text encoder" ? "text_model." : ""}${layer}.bias`,
    () => 70_000,
  );
  const { check } = await tryModel(folder);
  expect(check).toMatchObject({ name: "half-precision", outcome: "failed" });
  expect(check.found).toContain(`${layer} of the ${network} gives values up to`);
});

test("a finite value that is too large is reported with its size", async () => {
  const layer = "mid_block.resnets.0.conv1";
  const folder = starterWith(UNET, `${layer}.weight`, (weight) => Math.sign(weight) * 60_000);
  const { check } = await tryModel(folder);
  expect(check.found).toMatch(
    new RegExp(`^${layer} of the UNet gives values up to \\d[\\d.e+]*, and half`),
  );
  expect(check.advice).toMatch(/torch_dtype/);
});
