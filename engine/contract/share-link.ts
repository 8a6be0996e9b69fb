import { ENDPOINT_KINDS, type FoundEndpoint } from "./endpoints.ts";

/** The shared part of an endpoint: its address and profile. Never its token or a header's value. */
type Shared = Pick<FoundEndpoint, "url" | "name" | "model" | "profile" | "kind">;

const START = "darkroom:endpoint?";

/** A text that another Darkroom recognises as an endpoint. */
export function shareLink({ url, name, model, profile, kind }: Shared): string {
  const given = Object.entries({ url, name, model, profile, kind }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return START + new URLSearchParams(given).toString();
}

/** Parses such a text; undefined for any other. Its content must still be validated. */
export function readShareLink(text: string): Shared | undefined {
  const link = text.trim();
  if (!link.startsWith(START)) return undefined;
  const given = new URLSearchParams(link.slice(START.length));
  const [url, name, model] = ["url", "name", "model"].map((key) => given.get(key)?.trim());
  const profile = (["prompt", "full"] as const).find((known) => known === given.get("profile"));
  const kind = ENDPOINT_KINDS.find((known) => known === given.get("kind"));
  if (url === undefined || url === "") return undefined;
  return {
    url,
    ...(name !== undefined && name !== "" && { name }),
    ...(model !== undefined && model !== "" && { model }),
    ...(profile !== undefined && { profile }),
    ...(kind !== undefined && { kind }),
  };
}
