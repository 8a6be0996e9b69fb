import { StudioError } from "../contract/errors.ts";
import type { EndpointReply } from "../kserve/client/endpoint-reply.ts";
import { refusalOf } from "../kserve/client/endpoint-refusal.ts";
import type { Get } from "./check-endpoint.ts";
import type { ExaminedEndpoint, FirstReply } from "./doctor/examined-endpoint.ts";
import { readAddress } from "./endpoint-address.ts";
import type { KeptEndpoint } from "./endpoint-file.ts";
import { keptFrom, type AddedEndpoint } from "./endpoint-parts.ts";
import { checkHeaders, type ExtraHeader } from "./extra-headers.ts";
import { withoutSecrets } from "./told-refusals.ts";
import { claimsOf, tokenIn } from "./token-text.ts";

/** The secrets of an endpoint, sent to it only. */
export interface Access {
  readonly token: string | undefined;
  readonly headers: readonly ExtraHeader[];
}

/** A shorter header value is a tenant's name rather than a key, and can be part of any text. */
const MIN_SECRET = 16;

/** Texts that must not be quoted. */
export function secretsIn({ token, headers }: Access): readonly string[] {
  const values = headers.map(({ value }) => value).filter(({ length }) => length >= MIN_SECRET);
  return token === undefined ? values : [token, ...values];
}

/** The access given with an endpoint that is not stored. Refuses as REQUEST_INVALID. */
export function given({ token, headers }: AddedEndpoint): Access {
  return {
    token: token === undefined ? undefined : tokenIn(token),
    headers: checkHeaders(headers),
  };
}

/** What a token says about itself, as it is stored. */
export function claimsKept(token: string): Pick<KeptEndpoint, "tokenExpiresAt" | "tokenSubject"> {
  const { expiresAt, subject } = claimsOf(token);
  return { tokenExpiresAt: expiresAt, tokenSubject: subject };
}

/** An endpoint that has not been added, in the form of a stored one. */
export function unsavedEndpoint(added: AddedEndpoint, now: Date): KeptEndpoint {
  const kept = keptFrom(added, readAddress(added.url), now);
  const { token } = given(added);
  return token === undefined ? kept : { ...kept, hasToken: true, ...claimsKept(token) };
}

/** An endpoint as the doctor examines it, without the operations on it. */
export function examinedEndpoint(
  kept: KeptEndpoint,
  access: Access,
): Omit<ExaminedEndpoint, "look" | "draw" | "now" | "awaitStart"> {
  const { url, kind, profile, ca, isInsecure, isTokenOverHttp, isDirect, hasToken } = kept;
  const { tokenExpiresAt, tokenSubject, trial } = kept;
  const secrets = secretsIn(access);
  return {
    url,
    kind,
    profile,
    address: readAddress(url),
    model: kept.isModelChosen ? kept.model : undefined,
    trust: { ca, isInsecure },
    isTokenOverHttp,
    isDirect,
    hasToken,
    tokenExpiresAt,
    tokenSubject,
    trial,
    clean: (text) => withoutSecrets(text, secrets),
  };
}

/** Reports the first reply as soon as it arrives. `clean` removes secrets from a refusal. */
export function tellingFirst(
  get: Get,
  onFirst: (reply: FirstReply) => void,
  clean: (error: unknown) => unknown,
): Get {
  let isFirst = true;
  return async (path, message) => {
    if (!isFirst) return get(path, message);
    isFirst = false;
    const from = performance.now();
    const told = (error: StudioError | undefined, reply?: EndpointReply): void => {
      const problem = error && clean(error);
      onFirst({
        ms: performance.now() - from,
        ...(reply && { status: reply.status }),
        ...(problem instanceof StudioError && { problem }),
      });
    };
    try {
      const reply = await get(path, message);
      told(refusalOf(reply), reply);
      return reply;
    } catch (error) {
      if (error instanceof StudioError) told(error);
      throw error;
    }
  };
}
