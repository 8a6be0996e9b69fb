import { realpath, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { isArchive } from "../archive-files/archive.ts";
import { StudioError } from "../contract/errors.ts";
import type { ModelSummary, StoredModel } from "../contract/models.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import { readModel } from "../drawing/read-model.ts";
import { hashFile } from "../files/hash-file.ts";
import { followTransfer } from "./follow-transfer.ts";

/**
 * Chooses the model that a studio draws with: by its id in the store, or by an archive or a folder in diffusers layout,
 * which is copied into the store if necessary.
 */
export async function chooseModel(
  client: StudioClient,
  { model, signal }: { model: string; signal: AbortSignal },
): Promise<void> {
  const stored = await client.models.list();
  const known = stored.find(({ id }) => id === model) ?? (await storedCopy(stored, model));
  const id = known?.id ?? (await importFolder(client, { folder: resolve(model), signal }));
  if (id !== undefined) await client.settings.change({ model: id });
}

/** The model in the store that a folder is, or was copied to. */
async function storedCopy(
  stored: readonly StoredModel[],
  folder: string,
): Promise<StoredModel | undefined> {
  if (await isArchive(folder)) return storedArchive(stored, folder);
  const wanted = (await readModel(folder, "float32")).summary;
  const place = await realpath(folder);
  return stored.find(
    ({ summary, provenance }) =>
      summary?.folder === place || (provenance?.name === wanted.name && isAlike(summary, wanted)),
  );
}

/**
 * The model that was imported from exactly this file, which is read completely only if a model came from a file with
 * its name.
 */
async function storedArchive(
  stored: readonly StoredModel[],
  path: string,
): Promise<StoredModel | undefined> {
  const alike = stored.filter(
    ({ provenance }) =>
      provenance?.archive?.sha256 !== undefined && provenance.name === basename(path),
  );
  if (alike.length === 0 || !(await stat(path)).isFile()) return undefined;
  const sha256 = await hashFile(path, () => {});
  return alike.find(({ provenance }) => provenance?.archive?.sha256 === sha256);
}

/**
 * A quick comparison that avoids reading gigabytes; the store itself compares contents before it keeps a second copy.
 */
function isAlike(one: ModelSummary | undefined, other: ModelSummary | undefined): boolean {
  return (
    one?.sizeBytes === other?.sizeBytes &&
    one?.parameters === other?.parameters &&
    one?.predictionType === other?.predictionType
  );
}

async function importFolder(
  client: StudioClient,
  { folder, signal }: { folder: string; signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const { transferId } = await client.models.import({ folder });
    const following = { transferId, signal, isJson: false };
    return await followTransfer({ client, isRunning: false }, following);
  } catch (error) {
    if (!(error instanceof StudioError && error.code === "MODEL_EXISTS")) throw error;
    return String(error.details["model"]);
  }
}
