import { StudioError } from "../contract/errors.ts";
import { downloadFile } from "../download/file-download.ts";
import type { Http } from "../download/http.ts";
import { discardPart } from "../download/part.ts";
import { wheelAddress, type PackageIndex } from "./package-index.ts";
import type { Wheel } from "./source.ts";

/** A wheel on its way into the file `part`, which survives between runs. */
export interface WheelDownload {
  readonly wheel: Wheel;
  readonly index: PackageIndex;
  readonly part: string;
  readonly http: Http;
  /** Bytes of the wheel that are here now. */
  readonly onBytes: (held: number) => void;
}

/** The refusal for a download that will not come. */
export function downloadFailed(url: string, reason: string): StudioError {
  return new StudioError("CUDA_DOWNLOAD_FAILED", { url: withoutQuery(url), reason });
}

/** The refusal for bytes that are not the pinned wheel's. */
export function downloadDamaged(url: string, reason: string): StudioError {
  return new StudioError("CUDA_DOWNLOAD_DAMAGED", { url: withoutQuery(url), reason });
}

/**
 * Brings `part` to its full length, going on where an earlier run stopped, checks its SHA-256, and gives
 * the address that it came from. When it returns, `part` is the pinned wheel. A part that turns out wrong
 * is discarded; one that is only cut short, by the network, a kill or a cancel, stays.
 */
export async function downloadWheel(download: WheelDownload): Promise<string> {
  const { wheel, index, part, http, onBytes } = download;
  const address = await wheelAddress(index, wheel, http);
  const url = address.href;
  const { sizeBytes, sha256 } = wheel;
  const damaged = downloadDamaged;
  const headers = address.origin === index.url.origin ? index.headers : {};
  const file = {
    url,
    sizeBytes,
    part,
    algorithm: "sha256",
    headers,
    http,
    onBytes,
    damaged,
  } as const;
  const found = (await downloadFile(file)).toString("hex");
  if (found === sha256) return url;
  await discardPart(part);
  throw downloadDamaged(url, `its SHA-256 is ${found.slice(0, 16)}…, not ${sha256.slice(0, 16)}…`);
}

/** Storages that an index leads to sign what they give in the query. */
function withoutQuery(url: string): string {
  return url.replace(/\?.*$/s, "");
}
