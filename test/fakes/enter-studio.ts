import { createORPCClient, ORPCError } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import type { StudioClient } from "../../engine/contract/studio-client.ts";

/** The token that a one-time address is good for. */
export async function tokenFor(url: string): Promise<string> {
  const { origin, hash } = new URL(url);
  const reply = await fetch(`${origin}/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code: hash.replace("#code=", "") }),
  });
  const { token } = (await reply.json()) as { token?: string };
  if (token === undefined) throw new Error(`the code was refused: ${reply.status}`);
  return token;
}

/** A running studio as a page of its own reaches it. */
export function studioAt(origin: string, token: string): StudioClient {
  return createORPCClient(
    new RPCLink({ url: `${origin}/rpc`, headers: { authorization: `Bearer ${token}` } }),
  );
}

/** The code of what a call was refused with. */
export async function codeOf(call: Promise<unknown>): Promise<string | undefined> {
  return call.then(
    () => undefined,
    (error: unknown) => (error instanceof ORPCError ? String(error.code) : String(error)),
  );
}
