import { randomBytes } from "node:crypto";
import type { Endpoint, EndpointChange } from "../contract/endpoints.ts";
import { readAddress, nameOf, type EndpointAddress } from "./endpoint-address.ts";
import type { KeptEndpoint } from "./endpoint-file.ts";
import type { ExtraHeader } from "./extra-headers.ts";
import { checkCa } from "./trust.ts";

/** The model of the seed's endpoint, where nothing else is known. */
export const SEED_MODEL = "stable-diffusion";

/** A new endpoint as the contract's schema leaves it. */
export interface AddedEndpoint {
  readonly url: string;
  readonly name?: string | undefined;
  readonly model?: string | undefined;
  readonly profile?: Endpoint["profile"] | undefined;
  readonly token?: string | undefined;
  readonly ca: string | null;
  readonly isInsecure: boolean;
  readonly isTokenOverHttp: boolean;
  readonly headers: readonly ExtraHeader[];
  readonly timeoutSeconds: number;
}

/** An endpoint as it is kept when it is added: what nobody chose may still be found out. */
export function keptFrom(added: AddedEndpoint, address: EndpointAddress, now: Date): KeptEndpoint {
  const model = added.model ?? address.model;
  return {
    id: randomBytes(8).toString("hex"),
    name: added.name ?? nameOf(address.origin),
    url: withScheme(added.url),
    model: model ?? SEED_MODEL,
    profile: added.profile ?? "prompt",
    ca: checkCa(added.ca),
    isInsecure: added.isInsecure,
    isTokenOverHttp: added.isTokenOverHttp,
    headers: added.headers.map(({ name }) => name),
    timeoutSeconds: added.timeoutSeconds,
    hasToken: false,
    createdAt: now.toISOString(),
    isModelChosen: model !== undefined,
    isProfileChosen: added.profile !== undefined,
  };
}

/**
 * An endpoint after a change. What was learned of another address or another model is forgotten, and
 * the leave to trust anything, or to send a token in the clear, is not carried over to another origin.
 */
export function changed(kept: KeptEndpoint, change: EndpointChange): KeptEndpoint {
  const { id: _, headers, url, ca, model, ...plain } = change;
  const before = readAddress(kept.url);
  const after = url === undefined ? before : readAddress(url);
  const newModel = model ?? (url === undefined ? undefined : after.model);
  const isElsewhere = after.origin !== before.origin;
  const isNew = (url !== undefined && url !== kept.url) || (newModel ?? kept.model) !== kept.model;
  return {
    ...(isNew ? withoutFindings(kept) : kept),
    ...(isElsewhere && { ...NOTHING_SECRET, isInsecure: false, isTokenOverHttp: false }),
    ...defined(plain),
    ...(url !== undefined && { url: withScheme(url) }),
    ...(ca !== undefined && { ca: checkCa(ca) }),
    ...(newModel !== undefined && { model: newModel, isModelChosen: true }),
    ...(change.profile !== undefined && { isProfileChosen: true }),
    ...(headers !== undefined && { headers: headers.map(({ name }) => name) }),
  };
}

/** An endpoint's token as it is told of: whether there is one, and what it says of itself. */
export const NOTHING_SECRET = {
  hasToken: false,
  tokenExpiresAt: undefined,
  tokenSubject: undefined,
  headers: [],
};

function withoutFindings(kept: KeptEndpoint): KeptEndpoint {
  const { check: _check, lastError: _lastError, certificate: _certificate, ...rest } = kept;
  return rest;
}

function defined<T extends object>(change: T): { [Name in keyof T]?: NonNullable<T[Name]> } {
  const entries = Object.entries(change).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof T]?: NonNullable<T[Name]> };
}

function withScheme(url: string): string {
  const trimmed = url.trim();
  return /^https?:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
}
