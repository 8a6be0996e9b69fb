import { join } from "node:path";
import { provenanceSchema, type Provenance } from "../contract/models.ts";
import { readJson, writeJson } from "../files/json-file.ts";

/** Where a stored model came from, kept beside its files. */
export const PROVENANCE = "darkroom.json";

const MAX_BYTES = 64 << 10;

/** Undefined where nobody wrote it down: a folder that was put into the store by hand. */
export async function readProvenance(folder: string): Promise<Provenance | undefined> {
  const { value } = await readJson(join(folder, PROVENANCE), {
    maxBytes: MAX_BYTES,
    parse: (json): Provenance => provenanceSchema.parse(json),
  });
  return value;
}

export async function writeProvenance(folder: string, provenance: Provenance): Promise<void> {
  await writeJson(join(folder, PROVENANCE), provenance);
}
