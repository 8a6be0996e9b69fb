import { z } from "zod";
import { StudioError } from "../contract/errors.ts";
import { get, readBody, refuseStatus } from "../download/http.ts";
import { Interrupted, Unreached } from "../download/persist.ts";
import { authorizationFor, httpOf, isSendable, unreachable, type HubAccess } from "./hub-access.ts";

const MAX_ANSWER_BYTES = 1 << 20;
const answerSchema = z.object({ name: z.string().max(200) });

/** Whether the hub accepts a token, and whose it is. */
export interface WhoAmI {
  readonly isAccepted: boolean;
  readonly account?: string;
}

/** Asks the hub whether it accepts the token of `access`. Refuses as HUB_UNREACHABLE. */
export async function whoAmI(access: HubAccess, signal?: AbortSignal): Promise<WhoAmI> {
  const url = `${access.endpoint}/api/whoami-v2`;
  const failed = (_: string, reason: string) => unreachable(access, reason);
  const http = httpOf(access, { signal, failed });
  if (access.token !== undefined && !isSendable(access.token)) return { isAccepted: false };
  const authorization = authorizationFor(url, access);
  if (authorization["authorization"] === undefined) {
    throw unreachable(access, "a token is not sent where others can read it");
  }
  try {
    const reply = await get(url, authorization, http);
    const { status } = reply;
    if (status === 401 || status === 403) {
      await reply.close();
      return { isAccepted: false };
    }
    if (status !== 200) return await refuseStatus(url, reply, http);
    const body = await readBody(url, reply, MAX_ANSWER_BYTES, http);
    return { isAccepted: true, account: answerSchema.parse(JSON.parse(body.toString())).name };
  } catch (error) {
    if (error instanceof Interrupted) throw unreachable(access, error.message, error);
    const isForeign = error instanceof z.ZodError || error instanceof SyntaxError;
    throw isForeign ? unreachable(access, "its answer is not that of a model hub") : error;
  }
}

/**
 * The same access, without a token that the hub does not accept: with one it refuses even public files. If the hub does
 * not support the question, the token stays. Refuses as HUB_UNREACHABLE if there is no connection.
 */
export async function withSoundToken(
  access: HubAccess,
  signal?: AbortSignal,
  onNote: (note: string) => void = () => {},
): Promise<HubAccess> {
  if (access.token === undefined) return access;
  const { isAccepted } = await whoAmI(access, signal).catch(unlessUnreached);
  signal?.throwIfAborted();
  if (isAccepted) return access;
  onNote("The hub does not accept your token; continuing without it.");
  return { ...access, token: undefined };
}

function unlessUnreached(error: unknown): { readonly isAccepted: true } {
  if (error instanceof StudioError && error.cause instanceof Unreached) throw error;
  return { isAccepted: true };
}
