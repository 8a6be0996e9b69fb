import { cpSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readModel, STARTER } from "../../engine/drawing/read-model.ts";
import { EXACT } from "../../engine/graph/lowerings/int8-lowering.ts";
import { quantizationOf } from "../../engine/runtime/unet-parts.ts";
import { locateWeights, quantizedWeights } from "../../engine/store/located-weights.ts";
import { float32, safetensors } from "../fakes/safetensors-writer.ts";
import { float32Values, tensorsOf } from "../fixtures/rewrites.ts";

const WEIGHTS = "unet/diffusion_pytorch_model.safetensors";
/** One channel in EVERY becomes FACTOR times as large. */
const [EVERY, FACTOR] = [64, 30];

type Tensors = Readonly<Record<string, { shape: readonly number[]; values: Float32Array }>>;

/** The tensors that make a value's channels, its first row in them, and the tensors that read it. */
interface Passage {
  readonly makers: readonly string[];
  readonly readers: readonly string[];
}

/**
 * A copy of the starter that draws the same pictures in float32, although a 64th of the values that its transformers'
 * linear layers read (except the last but one, which reads a sum) is 30 times as large. That is the hardest case for
 * integers with one scale, and large models are known for it.
 */
export function starterWithOutliers(): string {
  const folder = join(mkdtempSync(join(tmpdir(), "darkroom-outliers-")), "snapshot");
  cpSync(STARTER, folder, { recursive: true });
  const file = join(folder, WEIGHTS);
  const raw = Object.entries(tensorsOf(Uint8Array.from(readFileSync(file))));
  const tensors = Object.fromEntries(
    raw.map(([name, tensor]) => [name, { shape: tensor.shape, values: float32Values(tensor) }]),
  );
  for (const { makers, readers } of passagesOf(tensors)) {
    const [, channels = 0] = tensors[readers[0]!]!.shape;
    for (const maker of makers) scaleRows(tensors[maker]!, channels);
    for (const reader of readers) scaleColumns(tensors[reader]!);
  }
  const planted = Object.entries(tensors).map(
    ([name, { shape, values }]) => [name, float32(shape, values)] as const,
  );
  writeFileSync(file, safetensors(Object.fromEntries(planted)));
  return folder;
}

/** A cache folder in which the model's int8 weights were made without moving scales, under the usual copy's name. */
export async function cacheWithoutMoves(model: string): Promise<string> {
  const cacheFolder = mkdtempSync(join(tmpdir(), "darkroom-no-moves-"));
  const { folder, snapshot, weights } = await readModel(model, "float32");
  const located = await locateWeights(folder, weights.unet);
  const chosen = quantizationOf(snapshot.unet.config, EXACT);
  const [usual, plain] = [chosen, { ...chosen, moves: [] }].map(async (one) => {
    const [weight] = (await quantizedWeights(located, one, { cacheFolder })).values();
    return weight!.file;
  });
  renameSync(await plain!, await usual!);
  return cacheFolder;
}

function passagesOf(tensors: Tensors): readonly Passage[] {
  const blocks = Object.keys(tensors).flatMap(
    (name) => /^(.*\.transformer_blocks\.\d+)\.norm1\.weight$/.exec(name)?.[1] ?? [],
  );
  const norm = (path: string) => [`${path}.weight`, `${path}.bias`];
  return blocks.flatMap((block) => {
    const outer = block.replace(/\.transformer_blocks\.\d+$/, "");
    const at = (path: string) => `${block}.${path}.weight`;
    return [
      { makers: norm(`${outer}.norm`), readers: [`${outer}.proj_in.weight`] },
      { makers: norm(`${block}.norm1`), readers: ["q", "k", "v"].map((x) => at(`attn1.to_${x}`)) },
      { makers: [at("attn1.to_v")], readers: [at("attn1.to_out.0")] },
      { makers: norm(`${block}.norm2`), readers: [at("attn2.to_q")] },
      { makers: [at("attn2.to_v")], readers: [at("attn2.to_out.0")] },
      { makers: norm(`${block}.norm3`), readers: [at("ff.net.0.proj")] },
      { makers: norm(`${block}.ff.net.0.proj`), readers: [at("ff.net.2")] },
    ];
  });
}

const isPlanted = (channel: number): boolean => channel % EVERY === EVERY >> 1;

function scaleRows({ shape, values }: Tensors[string], channels: number): void {
  const width = shape[1] ?? 1;
  for (let i = 0; i < channels * width; i++) {
    if (isPlanted(Math.floor(i / width))) values[i]! *= FACTOR;
  }
}

function scaleColumns({ shape, values }: Tensors[string]): void {
  const [, width = 1] = shape;
  for (let i = 0; i < values.length; i++) if (isPlanted(i % width)) values[i]! /= FACTOR;
}
