import type { PackForm } from "../contract/archives.ts";
import { StudioError } from "../contract/errors.ts";
import { memberPath } from "./member-path.ts";
import { MANIFEST } from "./member.ts";
import { MODEL_ZIP } from "./model-place.ts";

/** What an archive is called in TorchServe, and the files in it that are no model's. */
export interface ArchiveLabel {
  readonly name: string;
  readonly version: string;
  readonly handler: string;
  readonly requirements: string;
}

/** Of this archiver the formats and the manifest are. */
const ARCHIVER_VERSION = "0.12.0";
/** The archiver writes the hour; with one that is always the same, so are the bytes of the archive. */
const CREATED_ON = "01/01/1980 00:00:00";

/** How each form packs: whether the model goes in as a zip of its own, and whether files are deflated. */
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

/** Refuses names of handler and requirements that TorchServe does not take, or that a file of the model has. */
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
