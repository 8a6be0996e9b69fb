import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { StudioError } from "../contract/errors.ts";
import type { ModelSummary, StoredModel } from "../contract/models.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import { readModel } from "../drawing/read-model.ts";
import { followTransfer } from "./follow-transfer.ts";

/**
 * Chooses the model that a studio draws with: by its id in the store, or by a folder in diffusers layout,
 * which is copied into the store where it is not there yet.
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

/** The model of the store that a folder is, or was copied to. */
async function storedCopy(
  stored: readonly StoredModel[],
  folder: string,
): Promise<StoredModel | undefined> {
  const wanted = (await readModel(folder, "float32")).summary;
  const place = await realpath(folder);
  return stored.find(
    ({ summary, provenance }) =>
      summary?.folder === place || (provenance?.name === wanted.name && isAlike(summary, wanted)),
  );
}

/** Short of reading gigabytes: the store itself compares contents before it keeps a second copy. */

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
