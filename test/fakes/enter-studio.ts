import { createORPCClient, ORPCError } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import type { StudioClient } from "../../engine/contract/studio-client.ts";

/** Exchanges a one-time address for a token. */
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

/** A client of a running studio, as its page has it. */
export function studioAt(origin: string, token: string): StudioClient {
  return createORPCClient(
    new RPCLink({ url: `${origin}/rpc`, headers: { authorization: `Bearer ${token}` } }),
  );
}

/** The code with which a call was refused. */
export async function codeOf(call: Promise<unknown>): Promise<string | undefined> {
  return call.then(
    () => undefined,
    (error: unknown) => (error instanceof ORPCError ? String(error.code) : String(error)),
  );
}
