import { basename } from "node:path";
import type { PackedFile } from "../archive-files/packed-files.ts";
import { hashFile } from "../files/hash-file.ts";
import { EXACT } from "../graph/lowerings/int8-lowering.ts";
import { quantizationOf } from "../runtime/unet-parts.ts";
import { int8Path } from "../snapshot/int8-path.ts";
import { locateWeights, quantizedWeights } from "../store/located-weights.ts";
import type { CopyOptions } from "../store/make-copy.ts";
import { readModel } from "./read-model.ts";

/**
 * The int8 weights that are packed with a model: those for processors with VNNI or dot products of bytes.
 * Weights that the cache lacks are made first. Any other processor makes its own and does not read these.
 */
export async function int8Files(
  model: string,
  options: CopyOptions,
): Promise<readonly PackedFile[]> {
  const { folder, snapshot, weights } = await readModel(model, "float32");
  const located = await locateWeights(folder, weights.unet);
  const chosen = quantizationOf(snapshot.unet.config, EXACT);
  const made = await quantizedWeights(located, chosen, options);
  const places = new Set([...made.values()].map(({ file }) => file));
  const files: PackedFile[] = [];
  for (const place of places) {
    const [source = "", kind = ""] = basename(place).split(".");
    const sha256 = await hashFile(place, () => options.signal?.throwIfAborted());
    files.push({ path: int8Path({ source, kind, sha256 }), place });
  }
  return files;
}
