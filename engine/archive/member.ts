import { isPickle } from "../snapshot/weight-files.ts";

/** A file in an archive, as its directory describes it. */
export interface Member {
  /** Relative, with forward slashes, safe on every system. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Its size in the archive. */
  readonly packedBytes: number;
  /**
   * What prevents TorchServe from reading it, since it reads a zip without its directory: stored with its size after it
   * (a data descriptor), or backslashes in its name.
   */
  readonly trouble?: "descriptor" | "backslashes" | undefined;
}

export const MANIFEST = "MAR-INF/MANIFEST.json";

/** A member's role. `code` and `pickle` contain programs: they are listed and never run or opened. */
export type MemberKind = "manifest" | "weights" | "archive" | "code" | "pickle" | "text" | "other";

export function kindOf(path: string): MemberKind {
  if (path === MANIFEST) return "manifest";
  if (path.endsWith(".safetensors")) return "weights";
  if (/\.zip$/i.test(path)) return "archive";
  if (isPickle(path)) return "pickle";
  if (/(^|\/)requirements[^/]*\.txt$/i.test(path)) return "code";
  if (/\.(py|pyc|pyd|so|dll|dylib|sh|bat|cmd|ps1|exe|whl|js)$/i.test(path)) return "code";
  return /\.(json|txt|md|ya?ml|properties|model)$/i.test(path) ? "text" : "other";
}
