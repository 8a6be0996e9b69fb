const KEY = "darkroom.token";

/** What opening a session needs of the browser; tests pass in their own. */
export interface SessionParts {
  readonly storage: Pick<Storage, "getItem" | "setItem">;
  readonly fetch: typeof fetch;
  /** The part of the address after `#`. */
  readonly hash: string;
  /** Removes the code from the address, so that no history or copied link contains it. */
  forgetHash(): void;
}

/**
 * The token that identifies this browser to the studio. A one-time code in the address is exchanged for one; it is
 * stored by origin with its port, which a cookie would not be. Undefined if there is none.
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

/** A code works once: a second use returns nothing, though an older token may still work. */
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
