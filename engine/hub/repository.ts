import { HubApiError, listFiles, modelInfo } from "@huggingface/hub";
import { z } from "zod";
import { StudioError } from "../contract/errors.ts";
import type { Repository } from "../contract/models.ts";
import { get, readBody, refuseStatus } from "../download/http.ts";
import { isPassing, persist } from "../download/persist.ts";
import { layoutOf, variantsIn } from "../snapshot/layout.ts";
import { authorizationFor, hostOf, httpOf, unreachable, type HubAccess } from "./hub-access.ts";

/** A file as the hub lists it: large files with their sha256, small ones with git's hash. */
export const hubFileSchema = z.object({
  path: z.string().min(1).max(500),
  sizeBytes: z.int().min(0),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  gitHash: z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .optional(),
});
export type HubFile = z.output<typeof hubFileSchema>;

/** A repository at one commit. */
export interface HubRepository {
  readonly repository: string;
  readonly revision: string;
  readonly licence: string | undefined;
  /** Whether its terms must be accepted on its page before files can be downloaded. */
  readonly isGated: boolean;
  readonly files: readonly HubFile[];
}

/** A repository at a branch, tag or commit; its main branch if none is named. */
export interface RepositoryName {
  readonly repository: string;
  readonly revision?: string | undefined;
}

/** A page of a listing has up to a thousand files of about 300 bytes each. */
const MAX_BODY_BYTES = 8 << 20;
/** A listing with more pages is not genuine. */
const MAX_REQUESTS = 20;
/** The reply headers that the library reads. */
const HEADERS = ["content-type", "link", "x-request-id", "x-error-code"];
const MAX_FILES = 10_000;
const FIELDS: ("sha" | "cardData")[] = ["sha", "cardData"];

const infoSchema = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  gated: z.union([z.boolean(), z.string()]).default(false),
  cardData: z
    .object({ license: z.string().max(100), license_name: z.string().max(100) })
    .partial()
    .optional()
    .catch(undefined),
});

const entrySchema = z.object({
  type: z.string(),
  path: z.string(),
  size: z.number(),
  oid: z.string().optional(),
  lfs: z.object({ oid: z.string(), size: z.number() }).optional(),
});

/**
 * Asks the hub what a repository contains. Refuses as HUB_NOT_FOUND, HUB_REFUSED or HUB_UNREACHABLE; without a token
 * the hub answers 401 for what does not exist, too.
 */
export async function readRepository(
  access: HubAccess,
  { repository, revision }: RepositoryName,
  signal?: AbortSignal,
): Promise<HubRepository> {
  if (repository.split("/").some((part) => /^\.+$/.test(part))) {
    throw notFound(repository, "that is not a name");
  }
  const common = { hubUrl: access.endpoint, fetch: libraryFetch(access, signal) };
  try {
    const asked = { ...common, name: repository, additionalFields: FIELDS };
    const found = await modelInfo(revision === undefined ? asked : { ...asked, revision });
    const info = infoSchema.parse(found);
    const files: HubFile[] = [];
    const tree = { ...common, repo: repository, revision: info.sha, recursive: true };
    for await (const entry of listFiles(tree)) {
      if (files.length === MAX_FILES) throw unreachable(access, `it lists over ${MAX_FILES} files`);
      files.push(...fileIn(entry));
    }
    const licence = info.cardData?.license_name ?? info.cardData?.license;
    return { repository, revision: info.sha, licence, isGated: info.gated !== false, files };
  } catch (error) {
    throw refusalOf(error, access, repository);
  }
}

/**
 * The fetch for @huggingface/hub: with our retries, limits and redirects, and with the token for the hub's own origin
 * only. (The library would send it wherever the next page is said to be, and accepts only tokens of the public hub.)
 */
function libraryFetch(access: HubAccess, signal?: AbortSignal): typeof globalThis.fetch {
  let requests = 0;
  return async (input) => {
    const url = input instanceof Request ? input.url : String(input);
    if (++requests > MAX_REQUESTS) throw unreachable(access, "its listing does not end");
    const failed = (_: string, reason: string) => unreachable(access, reason);
    const http = httpOf(access, { signal, failed });
    return persist(url, http, async () => {
      const asked = { accept: "application/json", ...authorizationFor(url, access) };
      const reply = await get(url, asked, http);
      const { status } = reply;
      if (isPassing(status) || status < 200 || [204, 205, 304].includes(status)) {
        return refuseStatus(url, reply, http);
      }
      const body = await readBody(url, reply, MAX_BODY_BYTES, http);
      const headers = new Headers();
      for (const name of HEADERS) headers.set(name, reply.headers.get(name) ?? "");
      return new Response(body, { status, headers });
    });
  };
}

/** What a repository offers, in the contract's form. Refuses one without a diffusers layout. */
export function describeRepository(found: HubRepository): Repository {
  const { repository: id, revision, licence, isGated, files } = found;
  const variants = variantsIn(files.map(({ path }) => path)).map((name) => {
    const chosen = filesOf(found, name);
    return { name, files: chosen.length, sizeBytes: sumOf(chosen) };
  });
  // Refuses a repository without variants, with the reason.
  if (variants.length === 0) filesOf(found, "");
  return { id, revision, licence, isGated, variants };
}

/** The files of one variant; networks that lack it are taken without a variant. */
export function filesOf({ files }: HubRepository, variant: string): readonly HubFile[] {
  const { paths } = layoutOf(
    files.map(({ path }) => path),
    [variant, ""],
  );
  const wanted = new Set(paths);
  const chosen = files.filter(({ path }) => wanted.has(path));
  return chosen.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

export function sumOf(files: readonly { readonly sizeBytes: number }[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

export function notFound(repository: string, reason: string): StudioError {
  return new StudioError("HUB_NOT_FOUND", { repository, reason });
}

function fileIn(listed: unknown): readonly HubFile[] {
  const { type, path, size, oid, lfs } = entrySchema.parse(listed);
  if (type !== "file") return [];
  const sizeBytes = lfs?.size ?? size;
  const hash = lfs === undefined ? { gitHash: oid } : { sha256: lfs.oid };
  return [hubFileSchema.parse({ path, sizeBytes, ...hash })];
}

function refusalOf(error: unknown, access: HubAccess, repository: string): unknown {
  // The library does not validate replies, and fails on invalid ones with these errors.
  if ([z.ZodError, SyntaxError, TypeError].some((kind) => error instanceof kind)) {
    return unreachable(access, "its answer is not that of a model hub");
  }
  if (!(error instanceof HubApiError)) return error;
  const { statusCode } = error;
  if (statusCode === 401 || statusCode === 404) {
    return notFound(
      repository,
      `it does not exist, or your account has no access to it (${statusCode})`,
    );
  }
  if (statusCode !== 403) return unreachable(access, `it answered ${statusCode}`);
  const reason = "your account may not download it (403)";
  return new StudioError("HUB_REFUSED", { host: hostOf(access), repository, reason });
}
