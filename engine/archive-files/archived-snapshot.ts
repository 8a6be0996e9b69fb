import { StudioError } from "../contract/errors.ts";
import type { ModelSummary } from "../contract/models.ts";
import type { SnapshotFiles } from "../snapshot/files.ts";
import { readSnapshot } from "../snapshot/snapshot.ts";
import type { FoundTensors } from "../snapshot/weights.ts";
import type { ArchivedModel } from "./archive.ts";
import { readBytes } from "./byte-source.ts";

/** The files of a model that is still packed, to be read where they lie. */
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

/** Whether reading it costs no unpacking: everything is stored as it is. */
function isReadInPlace({ container, files }: ArchivedModel): boolean {
  return files.every(({ member }) => container.sourceOf(member).isSeekable);
}

/** What a model is, as far as that can be read without unpacking it. */
export interface ModelAtAGlance {
  /** In a few words, without a full stop. */
  readonly description: string;
  /** The size of picture that it was made for, in pixels. */
  readonly picture?: { readonly width: number; readonly height: number };
  /** Numbers of all networks, and of two of them. */
  readonly sizes?: Pick<ModelSummary, "parameters" | "unetParameters" | "vaeParameters">;
}

/** Reads configs and headers of a model that is still packed. Refuses as readSnapshot. */
export async function readArchivedModel(model: ArchivedModel): Promise<ModelAtAGlance> {
  if (!isReadInPlace(model)) {
    return { description: "is compressed; its configs are read when it is unpacked" };
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
