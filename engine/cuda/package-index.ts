import { StudioError } from "../contract/errors.ts";
import { getBody, type Http } from "../download/http.ts";
import { persist } from "../download/persist.ts";
import type { Wheel } from "./source.ts";

/** A Python package index (PEP 503, PEP 691): the public one or a mirror. */
export interface PackageIndex {
  /** Without user name and password. */
  readonly url: URL;
  /** Sent to this index only. */
  readonly headers: Readonly<Record<string, string>>;
}

const PUBLIC_INDEX = "https://pypi.org/simple/";
const MAX_PAGE_BYTES = 32 * 1024 * 1024;
const ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5";

/**
 * The index that the user named, otherwise the one in PIP_INDEX_URL, as pip reads it, otherwise the public one. Refuses
 * as REQUEST_INVALID.
 */
export function packageIndex(
  chosen?: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): PackageIndex {
  const named = chosen ?? env["PIP_INDEX_URL"];
  const text = named === undefined || named.trim() === "" ? PUBLIC_INDEX : named.trim();
  const url = URL.parse(text.endsWith("/") ? text : `${text}/`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const field = chosen === undefined ? "PIP_INDEX_URL" : "The package index";
    const reason = "it must begin with https:// or http://";
    throw new StudioError("REQUEST_INVALID", { field, value: text.slice(0, 100), reason });
  }
  const { username, password } = url;
  const known = [username, password].map(decodeURIComponent).join(":");
  const authorization = `Basic ${Buffer.from(known).toString("base64")}`;
  url.username = "";
  url.password = "";
  return { url, headers: username === "" ? {} : { authorization } };
}

/** The address of a wheel in an index. An index that does not list it, or is out of reach, is refused by `http.failed`. */
export async function wheelAddress(
  { url, headers }: PackageIndex,
  { project, file }: Wheel,
  http: Http,
): Promise<URL> {
  const page = new URL(`${project}/`, url);
  const asked = { ...headers, accept: ACCEPT };
  const body = await persist(page.href, http, () =>
    getBody(page.href, MAX_PAGE_BYTES, http, asked),
  );
  const text = body.toString("utf8");
  const found = /^\s*\{/.test(text) ? inJson(text, file) : inHtml(text, file);
  const address = found === undefined ? null : URL.parse(found, page.href);
  if (address === null) throw http.failed(page.href, `it does not list ${file}`);
  // The fragment is the index's digest; we use the pinned one.
  address.hash = "";
  return address;
}

function inJson(text: string, file: string): string | undefined {
  try {
    const page: unknown = JSON.parse(text);
    const files = isObject(page) && Array.isArray(page["files"]) ? page["files"] : [];
    const found: unknown = files.find((entry) => isObject(entry) && entry["filename"] === file);
    const address = isObject(found) ? found["url"] : undefined;
    return typeof address === "string" ? address : undefined;
  } catch {
    return undefined;
  }
}

/** Finds a file in an HTML index, which has a link for each file with its name as the text. */
function inHtml(text: string, file: string): string | undefined {
  const anchors = text.matchAll(/<a\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>([^<]*)</gi);
  for (const [, double, single, name = ""] of anchors) {
    if (name.trim() === file) return (double ?? single ?? "").replaceAll("&amp;", "&");
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
