import type { KeyScope } from "./caller.ts";

/** Asking how it is, for probes that have no key: `/` and everything under `/v2/health`. */
export function isOpenPath({
  method,
  url = "",
}: {
  method?: string | undefined;
  url?: string | undefined;
}): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  return /^\/(?:v2\/health\/(?:live|ready)\/?)?(?:\?.*)?$/.test(url);
}

/** More than anybody encodes once, or twice by mistake. */
const MOST_DECODINGS = 4;

/**
 * What a key must allow for a path: choosing models for everything that ends in `load` or `unload` of a
 * repository, asking for pictures for the rest. The path is read more loosely than the routes read theirs
 * (encodings undone again and again, slashes doubled or left over, any case), so that whatever the
 * routes take for `load` is taken for it here.
 */
export function scopeOf(url: string): KeyScope {
  const names = decoded(url.split(/[?#;]/, 1)[0] ?? "")
    .toLowerCase()
    .split(/[/\\]+/)
    .filter((name) => name !== "" && name !== ".");
  const isManagement = names.includes("repository") && /^(?:un)?load\b/.test(names.at(-1) ?? "");
  return isManagement ? "management" : "inference";
}

function decoded(path: string): string {
  let text = path;
  for (let i = 0; i < MOST_DECODINGS && text.includes("%"); i++) text = decodedOnce(text);
  return text;
}

/** Byte by byte, so that one that is no text does not keep the others from being read. */
function decodedOnce(text: string): string {
  return text.replaceAll(/%([\da-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
