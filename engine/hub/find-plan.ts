import { StudioError } from "../contract/errors.ts";
import { getJson, persist } from "../download/http.ts";
import { readModelIndex } from "../snapshot/model-index.ts";
import { variantsIn } from "../snapshot/layout.ts";
import type { DownloadPlan } from "./download-plan.ts";
import { fileRefusal } from "./file-refusal.ts";
import { authorizationFor, fileAddress, httpOf, type HubAccess } from "./hub-access.ts";
import { filesOf, readRepository, type HubRepository } from "./repository.ts";

/** What is wanted, and where it may be had. */
export interface Wanted {
  /** Repositories, the best first; each of the others is a mirror of the first. */
  readonly sources: readonly string[];
  readonly revision?: string | undefined;
  /** The smallest that draws as well, where none is named. */
  readonly variant?: string | undefined;
}

export interface Search {
  readonly access: HubAccess;
  readonly signal: AbortSignal | undefined;
  readonly onNote: (note: string) => void;
}

const INDEX = "model_index.json";
const MAX_INDEX_BYTES = 64 << 10;

/** Finds the first source that has what is wanted, and decides which of its files to bring. */
export async function findPlan(wanted: Wanted, search: Search): Promise<DownloadPlan> {
  const found = await firstOf(wanted, search);
  const { repository, revision, licence, isGated } = found;
  const paths = found.files.map(({ path }) => path);
  const variant = chooseVariant(repository, variantsIn(paths), wanted.variant);
  const files = filesOf(found, variant);
  await demandSupported(found, search);
  return { repository, revision, variant, licence, isGated, files: [...files] };
}

async function firstOf(wanted: Wanted, { access, signal, onNote }: Search): Promise<HubRepository> {
  const { revision } = wanted;
  const [repository = "", ...mirrors] = wanted.sources;
  try {
    return await readRepository(access, { repository, revision }, signal);
  } catch (error) {
    const isGone = error instanceof StudioError && error.code === "HUB_NOT_FOUND";
    if (!isGone || mirrors[0] === undefined) throw error;
    onNote(`${repository} was withdrawn by its publisher, trying the mirror ${mirrors[0]}.`);
    return firstOf({ ...wanted, sources: mirrors }, { access, signal, onNote });
  }
}

function chooseVariant(
  repository: string,
  offered: readonly string[],
  wanted: string | undefined,
): string {
  if (wanted === undefined) return offered.includes("fp16") ? "fp16" : (offered[0] ?? "");
  if (offered.includes(wanted)) return wanted;
  const reason = `it has no variant ${wanted === "" ? "without a name" : wanted}`;
  throw new StudioError("HUB_NOT_FOUND", { repository, reason });
}

/** A model that we cannot draw with is refused before gigabytes of it are fetched. */
async function demandSupported(found: HubRepository, search: Search): Promise<void> {
  const { access, signal } = search;
  const url = fileAddress(access, found, INDEX);
  const http = httpOf(access, { signal, failed: fileRefusal(access, found, INDEX) });
  const headers = authorizationFor(url, access);
  const index = await persist(url, http, () => getJson(url, MAX_INDEX_BYTES, http, headers));
  const bytes = Buffer.from(JSON.stringify(index));
  await readModelIndex({
    sizes: new Map([[INDEX, bytes.length]]),
    files: { list: async () => [], readBytes: async () => bytes },
  });
}
