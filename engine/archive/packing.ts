import type { PackForm } from "../contract/archives.ts";
import { StudioError } from "../contract/errors.ts";
import { memberPath } from "./member-path.ts";
import { MANIFEST } from "./member.ts";
import { MODEL_ZIP } from "./model-place.ts";

/** The archive's name in TorchServe, and the files in it that are not the model's. */
export interface ArchiveLabel {
  readonly name: string;
  readonly version: string;
  readonly handler: string;
  readonly requirements: string;
}

/** The version of torch-model-archiver whose formats and manifest are written. */
const ARCHIVER_VERSION = "0.12.0";
/** The archiver writes the current time; a constant makes the archive's bytes reproducible. */
const CREATED_ON = "01/01/1980 00:00:00";

/** How each form is packed: whether the model is in a zip of its own, and whether files are deflated. */
export const FORMS: Readonly<
  Record<
    PackForm,
    { readonly isZipped: boolean; readonly isDeflated: boolean; readonly ending: string }
  >
> = {
  notebook: { isZipped: true, isDeflated: false, ending: ".mar" },
  "zip-store": { isZipped: false, isDeflated: false, ending: ".mar" },
  default: { isZipped: false, isDeflated: true, ending: ".mar" },
  tgz: { isZipped: false, isDeflated: true, ending: ".tar.gz" },
  "no-archive": { isZipped: false, isDeflated: false, ending: "" },
};

/** MAR-INF/MANIFEST.json with the keys of torch-model-archiver, in its order. */
export function manifestBytes({ name, version, handler, requirements }: ArchiveLabel): Uint8Array {
  const model = {
    modelName: name,
    handler,
    modelVersion: version,
    requirementsFile: requirements,
  };
  const manifest = {
    createdOn: CREATED_ON,
    runtime: "python",
    model,
    archiverVersion: ARCHIVER_VERSION,
  };
  return new TextEncoder().encode(JSON.stringify(manifest, null, 2));
}

/** Refuses names of handler and requirements that TorchServe does not accept, or that one of the model's files has. */
export function checkLabel(
  { handler, requirements }: ArchiveLabel,
  modelPaths: readonly string[],
): void {
  if (!handler.endsWith(".py")) throw invalid("The handler", handler, "it must be a .py file");
  const taken = new Set([...modelPaths, MODEL_ZIP, MANIFEST].map((path) => path.toLowerCase()));
  for (const [field, value] of [
    ["The handler", handler],
    ["The requirements", requirements],
  ] as const) {
    memberPath(value, value);
    if (taken.has(value.toLowerCase()))
      throw invalid(field, value, "another file of the archive has that name");
    taken.add(value.toLowerCase());
  }
}

function invalid(field: string, value: string, reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field, value, reason });
}
