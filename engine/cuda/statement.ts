import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { getJson, type Http } from "../download/http.ts";
import { persist } from "../download/persist.ts";
import { downloadFailed } from "./download.ts";
import type { CudaSource, PackagePin } from "./source.ts";

const MAX_DOCUMENT_BYTES = 2 * 1024 * 1024;
const MAX_PACKAGE_BYTES = 1024 ** 3;
// A SHA-512 in base64: 64 bytes are 86 characters and two of padding.
const SHA512_BASE64 = /^[A-Za-z0-9+/]{86}==$/;

/** Whose word the package's hash is. */
export type Trust = "pinned in the source" | "stated by the publisher";

/**
 * The pin to hold a download against: the source's own; else the one kept from the first use in
 * `cacheFolder`; else the publisher's statement, which is kept there from now on. A kept pin is
 * never replaced: on a feed a version's bytes do not change.
 */
export async function pinFor(
  source: CudaSource,
  cacheFolder: string,
  http: Http,
): Promise<PackagePin> {
  if (source.pin) return source.pin;
  const file = join(cacheFolder, `${source.id}.${source.version}.pin.json`);
  const kept = await readKept(file);
  if (kept) return kept;
  const stated = await readStatement(source, http);
  await mkdir(cacheFolder, { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(stated, null, 2)}\n`);
  await rename(`${file}.new`, file);
  return stated;
}

/**
 * What the publisher says of the package: service index, registration leaf, catalog entry, as
 * NuGet's "Package metadata" and "Catalog" pages describe them. `packageHash` covers the whole
 * file, signature included; the `contentHash` of lock files does not.
 */
export async function readStatement(source: CudaSource, http: Http): Promise<PackagePin> {
  const read = (url: string) =>
    persist(url, http, () => getJson(url, MAX_DOCUMENT_BYTES, http)).then(fieldsOf);
  const base = registrationBase(await read(source.index));
  if (base === null) throw downloadFailed(source.index, "it names no registrations");
  const leafUrl = `${base.replace(/\/$/, "")}/${source.id.toLowerCase()}/${source.version}.json`;
  const leaf = await read(leafUrl);
  const entryUrl = text(leaf["catalogEntry"]) ?? text(fieldsOf(leaf["catalogEntry"])["@id"]);
  if (entryUrl === null) throw downloadFailed(leafUrl, "it names no catalog entry");
  const entry = await read(entryUrl);
  const pin = isAbout(entry, source) ? pinOf(leaf, entry) : null;
  if (pin === null) throw downloadFailed(entryUrl, `it does not state ${source.id}'s SHA-512`);
  return pin;
}

function registrationBase(index: Fields): string | null {
  const resources = Array.isArray(index["resources"]) ? index["resources"].map(fieldsOf) : [];
  const found = resources.find((resource) => resource["@type"] === "RegistrationsBaseUrl");
  return text(found?.["@id"]);
}

function isAbout(entry: Fields, source: CudaSource): boolean {
  const id = text(entry["id"])?.toLowerCase();
  return id === source.id.toLowerCase() && entry["version"] === source.version;
}

function pinOf(leaf: Fields, entry: Fields): PackagePin | null {
  if (text(entry["packageHashAlgorithm"])?.toUpperCase() !== "SHA512") return null;
  return asPin({
    url: leaf["packageContent"],
    sizeBytes: entry["packageSize"],
    sha512: entry["packageHash"],
  });
}

async function readKept(file: string): Promise<PackagePin | null> {
  try {
    return asPin(fieldsOf(JSON.parse(await readFile(file, "utf8"))));
  } catch {
    return null;
  }
}

function asPin(fields: Fields): PackagePin | null {
  const { url, sizeBytes, sha512 } = fields;
  const sound =
    typeof url === "string" &&
    typeof sha512 === "string" &&
    SHA512_BASE64.test(sha512) &&
    typeof sizeBytes === "number" &&
    Number.isInteger(sizeBytes) &&
    sizeBytes > 0 &&
    sizeBytes <= MAX_PACKAGE_BYTES;
  return sound ? { url, sizeBytes, sha512 } : null;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
