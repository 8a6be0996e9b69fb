const KEY = "darkroom.token";

/** What opening a session needs of the browser: tests hand in their own. */
export interface SessionParts {
  readonly storage: Pick<Storage, "getItem" | "setItem">;
  readonly fetch: typeof fetch;
  /** The address's part behind `#`. */
  readonly hash: string;
  /** Takes the code out of the address, so that it is in no history and no copied link. */
  forgetHash(): void;
}

/**
 * The token that the studio knows this browser by. A one-time code in the address is traded for one;
 * it is kept by origin, port included, which a cookie would not be. Undefined where there is none.
 */
export async function openSession(parts: SessionParts): Promise<string | undefined> {
  const code = new URLSearchParams(parts.hash.replace(/^#/, "")).get("code");
  if (code !== null) {
    parts.forgetHash();
    const token = await trade(parts, code);
    if (token !== undefined) parts.storage.setItem(KEY, token);
  }
  return parts.storage.getItem(KEY) ?? undefined;
}

/** A code is good once: a second use gives nothing, and an older token may still do. */
async function trade(parts: SessionParts, code: string): Promise<string | undefined> {
  const response = await parts.fetch("/session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code }),
  });
  if (!response.ok) return undefined;
  const answer: unknown = await response.json();
  const isToken = typeof answer === "object" && answer !== null && "token" in answer;
  return isToken && typeof answer.token === "string" ? answer.token : undefined;
}
