import { StudioError } from "../contract/errors.ts";
import { downloadFile } from "../download/file-download.ts";
import type { Http } from "../download/http.ts";
import { discardPart } from "../download/part.ts";
import { wheelAddress, type PackageIndex } from "./package-index.ts";
import type { Wheel } from "./source.ts";

/** A wheel being downloaded into the file `part`, which survives between runs. */
export interface WheelDownload {
  readonly wheel: Wheel;
  readonly index: PackageIndex;
  readonly part: string;
  readonly http: Http;
  /** Called with the number of bytes downloaded so far. */
  readonly onBytes: (held: number) => void;
}

/** The refusal when a download fails. */
export function downloadFailed(url: string, reason: string): StudioError {
  return new StudioError("CUDA_DOWNLOAD_FAILED", { url: withoutQuery(url), reason });
}

/** The refusal when the bytes are not those of the pinned wheel. */
export function downloadDamaged(url: string, reason: string): StudioError {
  return new StudioError("CUDA_DOWNLOAD_DAMAGED", { url: withoutQuery(url), reason });
}

/**
 * Downloads a wheel into `part`, resuming where an earlier run stopped, checks its SHA-256, and returns the address
 * that it came from. When it returns, `part` is the pinned wheel. A part that turns out wrong is deleted; one that is
 * incomplete, because of the network, a kill or a cancel, stays.
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

/** The address without its query, where storage services put their signatures. */
function withoutQuery(url: string): string {
  return url.replace(/\?.*$/s, "");
}
