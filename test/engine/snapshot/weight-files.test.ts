import { describe, expect, test } from "vitest";
import { listSnapshot } from "../../../engine/snapshot/files.ts";
import { chooseWeightFiles } from "../../../engine/snapshot/weight-files.ts";
import type { Precision } from "../../../engine/tensor/precision.ts";
import { memorySnapshot } from "../../fakes/memory-snapshot.ts";

const UNET = { folder: "unet", stem: "diffusion_pytorch_model" } as const;

async function choose(names: readonly string[], precision: Precision, text = "{}") {
  const files = new Map(names.map((name) => [`unet/${name}`, Buffer.from(text)]));
  return chooseWeightFiles(await listSnapshot(memorySnapshot(files)), UNET, precision);
}

const plain = "diffusion_pytorch_model.safetensors";
const fp16 = "diffusion_pytorch_model.fp16.safetensors";
const bf16 = "diffusion_pytorch_model.bf16.safetensors";
const fp32 = "diffusion_pytorch_model.fp32.safetensors";
const nonEma = "diffusion_pytorch_model.non_ema.safetensors";
const custom = "diffusion_pytorch_model.custom.safetensors";
const pickle = "diffusion_pytorch_model.bin";

function index(...shards: string[]): string {
  return JSON.stringify({ weight_map: Object.fromEntries(shards.map((s, i) => [`w${i}`, s])) });
}

describe("of variants side by side", () => {
  test.each([
    ["float32", [plain, fp16, nonEma, pickle], ""],
    ["float32", [fp16, nonEma], "fp16"],
    ["float32", [bf16, fp16], "fp16"],
    ["float32", [fp16, fp32], "fp32"],
    ["float32", [bf16, custom], "bf16"],
    ["float16", [plain, fp16, nonEma], "fp16"],
    ["float16", [plain, bf16], ""],
    ["float16", [nonEma, custom], "custom"],
    ["float16", [nonEma, pickle], "non_ema"],
  ] as const)("%s prefers, of %j, %j", async (precision, names, variant) => {
    const expected = `unet/diffusion_pytorch_model.${variant}.safetensors`.replace("..", ".");
    expect(await choose(names, precision)).toEqual({ variant, paths: [expected] });
  });
});

describe("of shards", () => {
  test.each([
    ["diffusion_pytorch_model.safetensors.index.json", ""],
    ["diffusion_pytorch_model.safetensors.index.fp16.json", "fp16"],
    ["diffusion_pytorch_model.safetensors.fp16.index.json", "fp16"],
  ])("%s gives those it names, each once", async (name, variant) => {
    const shards = ["a-00001-of-00002.safetensors", "a-00002-of-00002.safetensors"];
    const text = index(shards[0]!, shards[1]!, shards[0]!);
    expect(await choose([name, ...shards], "float16", text)).toEqual({
      variant,
      paths: shards.map((shard) => `unet/${shard}`),
    });
  });

  test("one complete file is preferred to shards of the same variant", async () => {
    const names = ["diffusion_pytorch_model.safetensors.index.json", plain];
    expect(await choose(names, "float32")).toEqual({ variant: "", paths: [`unet/${plain}`] });
  });

  test("shards are never mistaken for variants", async () => {
    const names = ["diffusion_pytorch_model.fp16-00001-of-00002.safetensors"];
    await expect(choose(names, "float32")).rejects.toThrow(
      expect.objectContaining({
        code: "SNAPSHOT_INCOMPLETE",
        details: { file: "unet/diffusion_pytorch_model.safetensors.index.json" },
      }),
    );
  });
});
