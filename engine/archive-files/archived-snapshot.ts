import { StudioError } from "../contract/errors.ts";
import type { ModelSummary } from "../contract/models.ts";
import type { SnapshotFiles } from "../snapshot/files.ts";
import { readSnapshot } from "../snapshot/snapshot.ts";
import type { FoundTensors } from "../snapshot/weights.ts";
import type { ArchivedModel } from "./archive.ts";
import { readBytes } from "./byte-source.ts";

/** The files of a packed model, read in place. */
function archivedSnapshot({ container, files }: ArchivedModel): SnapshotFiles {
  const members = new Map(files.map(({ path, member }) => [path, member]));
  return {
    list: () => Promise.resolve(files),
    readBytes: (file, start, length) => {
      const member = members.get(file);
      if (member === undefined) throw new StudioError("SNAPSHOT_INCOMPLETE", { file });
      return readBytes(container.sourceOf(member), start, length);
    },
  };
}

/** Bytes per parameter, judged by a file's name: those of half-precision files contain fp16 or bf16. */
function bytesPerParameter(path: string): number {
  return /[.-](fp16|bf16)\b/.test(path) ? 2 : 4;
}

/** Parameters of a model's networks, estimated from file sizes: headers are at most a hundredth of them. */
function sizesByFiles({ files }: ArchivedModel): NonNullable<ModelAtAGlance["sizes"]> {
  const parametersIn = (network: string): number =>
    files
      .filter(({ path }) => path.startsWith(`${network}/`) && path.endsWith(".safetensors"))
      .reduce(
        (sum, { path, sizeBytes }) => sum + Math.round(sizeBytes / bytesPerParameter(path)),
        0,
      );
  return sizesOf(parametersIn("text_encoder"), parametersIn("unet"), parametersIn("vae"));
}

/** What can be read about a model without unpacking it. */
export interface ModelAtAGlance {
  /** In a few words, without a full stop. */
  readonly description: string;
  /** The size of the pictures that it was made for, in pixels. */
  readonly picture?: { readonly width: number; readonly height: number };
  /** Parameters of all networks together, and of two of them. */
  readonly sizes?: Pick<ModelSummary, "parameters" | "unetParameters" | "vaeParameters">;
}

/**
 * Reads the configs and weight headers of a packed model; of deflated files only the beginning. In a tar.gz everything
 * before a file would have to be unpacked as well, so only names and sizes are used. Refuses like readSnapshot.
 */
export async function readArchivedModel(model: ArchivedModel): Promise<ModelAtAGlance> {
  if (!model.container.isSeekable) {
    const description = "is compressed; its configs are read when it is unpacked";
    return { description, sizes: sizesByFiles(model) };
  }
  const { pipelineClass, textEncoder, unet, vae, recommended } = await readSnapshot(
    archivedSnapshot(model),
    "float32",
  );
  const pixels = 2 ** (vae.config.block_out_channels.length - 1);
  const [height, width] = unet.config.sample_size;
  return {
    description: `${pipelineClass}${unet.variant === "" ? "" : `, ${unet.variant}`}`,
    picture: recommended ?? { width: width * pixels, height: height * pixels },
    sizes: sizesOf(
      parametersOf(textEncoder.tensors),
      parametersOf(unet.tensors),
      parametersOf(vae.tensors),
    ),
  };
}

function sizesOf(
  text: number,
  unetParameters: number,
  vaeParameters: number,
): NonNullable<ModelAtAGlance["sizes"]> {
  return { parameters: text + unetParameters + vaeParameters, unetParameters, vaeParameters };
}

function parametersOf(tensors: FoundTensors): number {
  return [...tensors.values()].reduce((sum, { shape }) => sum + productOf(shape), 0);
}

function productOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}
