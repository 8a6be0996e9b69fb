import { StudioError } from "../contract/errors.ts";
import type { SnapshotFiles } from "../snapshot/files.ts";
import { readSnapshot } from "../snapshot/snapshot.ts";
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

/** Reads configs and headers of a model that is still packed, and says what it is. Refuses as readSnapshot. */
export async function readArchivedModel(model: ArchivedModel): Promise<string> {
  if (!isReadInPlace(model)) return "is compressed; its configs are read when it is unpacked";
  const { pipelineClass, unet } = await readSnapshot(archivedSnapshot(model), "float32");
  return `${pipelineClass}${unet.variant === "" ? "" : `, ${unet.variant}`}`;
}
