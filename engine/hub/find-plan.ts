import { StudioError } from "../contract/errors.ts";
import type { Repository } from "../contract/models.ts";
import { getBody } from "../download/http.ts";
import { persist } from "../download/persist.ts";
import { listSnapshot, type Listing } from "../snapshot/files.ts";
import { variantsIn } from "../snapshot/layout.ts";
import { readConfigs, readTinyVaeConfig, tinyVaeFiles } from "../snapshot/snapshot.ts";
import type { DownloadPlan } from "./download-plan.ts";
import { fileRefusal } from "./file-refusal.ts";
import { authorizationFor, fileAddress, httpOf, type HubAccess } from "./hub-access.ts";
import {
  describeRepository,
  filesOf,
  readRepository,
  type HubRepository,
  type RepositoryName,
} from "./repository.ts";
import { withSoundToken } from "./who-am-i.ts";

/** What is to be downloaded, and from where. */
export interface Wanted {
  /** Repositories, best first; the others are mirrors of the first. */
  readonly sources: readonly string[];
  readonly revision?: string | undefined;
  /** If absent, the smallest variant that draws equally well. */
  readonly variant?: string | undefined;
  /** Whether it is a tiny autoencoder rather than a model. */
  readonly isTinyVae?: boolean | undefined;
}

export interface Search {
  readonly access: HubAccess;
  readonly signal: AbortSignal | undefined;
  readonly onNote: (note: string) => void;
}

const MAX_CONFIG_BYTES = 1 << 20;

/** Finds the first source that has the model, and selects its files. */
export async function findPlan(wanted: Wanted, search: Search): Promise<DownloadPlan> {
  const found = await firstOf(wanted, search);
  const { repository, revision, licence, isGated } = found;
  const listing = await listingOf(found, search);
  if (wanted.isTinyVae === true) {
    await readTinyVaeConfig(listing);
    const { variant, paths } = await tinyVaeFiles(listing);
    const files = found.files.filter(({ path }) => paths.includes(path));
    return { repository, revision, variant, licence, isGated, files };
  }
  await readConfigs(listing);
  const paths = found.files.map(({ path }) => path);
  const variant = chooseVariant(repository, variantsIn(paths), wanted.variant);
  const files = filesOf(found, variant);
  return { repository, revision, variant, licence, isGated, files: [...files] };
}

/** What a repository offers. One that we cannot draw with is refused already here, if its files are public. */
export async function inspectRepository(
  given: HubAccess,
  name: RepositoryName,
  signal: AbortSignal | undefined,
): Promise<Repository> {
  const access = await withSoundToken(given, signal);
  const found = await readRepository(access, name, signal);
  if (!found.isGated) await readConfigs(await listingOf(found, { access, signal }));
  return describeRepository(found);
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
  const missing = wanted === "" ? "full-precision weights" : `variant ${wanted}`;
  throw new StudioError("HUB_NOT_FOUND", { repository, reason: `it has no ${missing}` });
}

/** Its files, for reading configs: unsupported models are refused before gigabytes are downloaded. */
function listingOf(
  found: HubRepository,
  { access, signal }: Pick<Search, "access" | "signal">,
): Promise<Listing> {
  const readBytes = (path: string): Promise<Uint8Array> => {
    const url = fileAddress(access, found, path);
    const http = httpOf(access, { signal, failed: fileRefusal(access, found, path) });
    const headers = authorizationFor(url, access);
    return persist(url, http, () => getBody(url, MAX_CONFIG_BYTES, http, headers));
  };
  return listSnapshot({ list: async () => found.files, readBytes });
}
