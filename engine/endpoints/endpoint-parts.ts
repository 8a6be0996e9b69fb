import { randomBytes, type X509Certificate } from "node:crypto";
import type { Endpoint, EndpointChange } from "../contract/endpoints.ts";
import { StudioError, toWire } from "../contract/errors.ts";
import { withScheme } from "../contract/loopback.ts";
import { settingsThat, type SettingTrial } from "../contract/setting-trial.ts";
import { describe } from "./certificates.ts";
import type { CheckedEndpoint } from "./check-endpoint.ts";
import { isPlain, readAddress, nameOf, type EndpointAddress } from "./endpoint-address.ts";
import { tokenOverHttp } from "./endpoint-client.ts";
import { checkKept, type KeptEndpoint } from "./endpoint-file.ts";
import type { ExtraHeader } from "./extra-headers.ts";
import { hasSettings } from "./sent-order.ts";
import { checkCa } from "../network/trust.ts";

/** The model's name in the KServe example's notebook, used if no other is known. */
export const NOTEBOOK_MODEL = "stable-diffusion";

/** A new endpoint after validation. */
export interface AddedEndpoint {
  readonly url: string;
  readonly name?: string | undefined;
  readonly model?: string | undefined;
  readonly profile?: Endpoint["profile"] | undefined;
  readonly kind?: Endpoint["kind"] | undefined;
  readonly token?: string | undefined;
  readonly ca: string | null;
  readonly isInsecure: boolean;
  readonly isTokenOverHttp: boolean;
  readonly isDirect: boolean;
  readonly headers: readonly ExtraHeader[];
  readonly timeoutSeconds: number;
  readonly startSeconds: number;
  readonly checkMinutes: number;
}

/** The protocol of the KServe example. */
const DEFAULT_KIND = "v2";

/** A new endpoint as it is stored; what was not chosen can still be found out. */
export function keptFrom(added: AddedEndpoint, address: EndpointAddress, now: Date): KeptEndpoint {
  const model = added.model ?? address.model;
  const kind = added.kind ?? address.kind;
  return checkKept({
    id: randomBytes(8).toString("hex"),
    name: added.name ?? nameOf(address.origin),
    url: withScheme(added.url),
    model: model ?? NOTEBOOK_MODEL,
    profile: added.profile ?? "prompt",
    kind: kind ?? DEFAULT_KIND,
    ca: checkCa(added.ca),
    isInsecure: added.isInsecure,
    isTokenOverHttp: added.isTokenOverHttp,
    isDirect: added.isDirect,
    headers: added.headers.map(({ name }) => name),
    timeoutSeconds: added.timeoutSeconds,
    startSeconds: added.startSeconds,
    checkMinutes: added.checkMinutes,
    hasToken: false,
    createdAt: now.toISOString(),
    isModelChosen: model !== undefined,
    isProfileChosen: added.profile !== undefined,
    isKindChosen: kind !== undefined,
  });
}

/**
 * A changed endpoint. What was learned about another address or model is dropped, and the permissions to trust any
 * certificate or to send a token in the clear do not carry over to another origin.
 */
export function changed(kept: KeptEndpoint, change: EndpointChange): KeptEndpoint {
  const url = change.url === undefined ? kept.url : withScheme(change.url);
  const { model, kind, isKindTold } = askedOf(kept, change);
  const isElsewhere = readAddress(url).origin !== readAddress(kept.url).origin;
  const isOther = url !== kept.url || model !== kept.model || kind !== kept.kind;
  const { profile = kept.profile, ca, headers } = change;
  return checkKept({
    ...(isOther ? withoutFindings(kept) : kept),
    ...(isElsewhere && NOTHING_SECRET),
    ...settingsOf(kept, change, isElsewhere),
    url,
    model,
    profile,
    kind,
    isModelChosen: kept.isModelChosen || model !== kept.model,
    isProfileChosen: kept.isProfileChosen || profile !== kept.profile,
    isKindChosen: kept.isKindChosen || isKindTold,
    ...(ca !== undefined && { ca: checkCa(ca) }),
    ...(headers !== undefined && { headers: headers.map(({ name }) => name) }),
  });
}

function settingsOf(kept: KeptEndpoint, change: EndpointChange, isElsewhere: boolean) {
  return {
    name: change.name ?? kept.name,
    timeoutSeconds: change.timeoutSeconds ?? kept.timeoutSeconds,
    startSeconds: change.startSeconds ?? kept.startSeconds,
    checkMinutes: change.checkMinutes ?? kept.checkMinutes,
    isDirect: change.isDirect ?? kept.isDirect,
    isInsecure: change.isInsecure ?? (kept.isInsecure && !isElsewhere),
    isTokenOverHttp: change.isTokenOverHttp ?? (kept.isTokenOverHttp && !isElsewhere),
  };
}

/** The result of a look at an endpoint, with its certificate. */
export interface Look extends CheckedEndpoint {
  readonly certificate?: X509Certificate | undefined;
}

/** The result of a look that could not start: the token is missing, or its vault is locked. */
export function notLookedAt({ model }: KeptEndpoint, error: unknown, now: Date): Look {
  if (!(error instanceof StudioError)) throw error;
  const at = now.toISOString();
  const state = "failed" as const;
  return { check: { at, state, ms: 0, models: [], inputs: [], error: toWire(error) }, model };
}

/** An endpoint with the result of a look. */
export function learned(now: KeptEndpoint, before: KeptEndpoint, look: Look): KeptEndpoint {
  const { check, model, certificate, kind = now.kind } = look;
  if (!isSame(now, before)) return now;
  const profile = profileOf({ ...now, check, kind });
  return {
    ...now,
    check,
    model,
    kind,
    ...(check.state !== "failed" && { hasAnswered: true }),
    ...(!now.isProfileChosen && check.state !== "failed" && { profile }),
    ...(certificate !== undefined && { certificate: shownOf(certificate) }),
  };
}

/** An endpoint with the result of a trial of its settings. */
export function triedOut(
  now: KeptEndpoint,
  before: KeptEndpoint,
  trial: SettingTrial,
): KeptEndpoint {
  if (!isSame(now, before)) return now;
  const tried = { ...now, trial };
  return { ...tried, ...(!now.isProfileChosen && { profile: profileOf(tried) }) };
}

/** What is only assumed about an endpoint: defaults that nobody chose, before its first answer. */
export function assumedOf({
  kind,
  model,
  isKindChosen,
  isModelChosen,
  hasAnswered = false,
}: KeptEndpoint): Pick<Endpoint, "isKindAssumed" | "isModelAssumed"> {
  const isKindAssumed = !hasAnswered && !isKindChosen && kind === DEFAULT_KIND;
  const isModelAssumed = !hasAnswered && !isModelChosen && model === NOTEBOOK_MODEL;
  return { ...(isKindAssumed && { isKindAssumed }), ...(isModelAssumed && { isModelAssumed }) };
}

/** Whether it is still the endpoint that was looked at: it may have been changed meanwhile. */
function isSame(now: KeptEndpoint, before: KeptEndpoint): boolean {
  return now.url === before.url && now.model === before.model && now.kind === before.kind;
}

/** The profile if none was chosen: all settings, if the endpoint takes any. */
function profileOf({ kind, check, trial }: KeptEndpoint): Endpoint["profile"] {
  // What these kinds take is known, if they take anything but a prompt.
  const isKnown = kind === "openai" || kind === "a1111";
  const isDeclared = isKnown || hasSettings(check?.inputs ?? []);
  return isDeclared || settingsThat({ trial }, "used").length > 0 ? "full" : "prompt";
}

function shownOf(certificate: X509Certificate): Endpoint["certificate"] {
  const { pem: _, ...shown } = describe(certificate);
  return shown;
}

/** Model and kind: as chosen, as the new address says, or as before; a kind that was found belongs to its address. */
function askedOf(kept: KeptEndpoint, change: EndpointChange) {
  const { url, model } = change;
  const address = url === undefined ? undefined : readAddress(url);
  const told = change.kind ?? address?.kind;
  const isMoved = url !== undefined && withScheme(url) !== kept.url;
  const before = isMoved && !kept.isKindChosen ? DEFAULT_KIND : kept.kind;
  return {
    model: model ?? address?.model ?? kept.model,
    kind: told ?? before,
    isKindTold: told !== undefined,
  };
}

/** What is known about the token of an endpoint that has none. */
export const NOTHING_SECRET = {
  hasToken: false,
  tokenExpiresAt: undefined,
  tokenSubject: undefined,
  headers: [],
};

function withoutFindings(kept: KeptEndpoint): KeptEndpoint {
  const {
    check: _check,
    lastError: _lastError,
    certificate: _certificate,
    isV1Wrapper: _isV1Wrapper,
    trial: _trial,
    starts: _starts,
    hasAnswered: _hasAnswered,
    ...rest
  } = kept;
  return rest;
}

/** Refuses a token for an endpoint over plain http, unless a person allowed it. */
export function refuseInTheClear({ url, isTokenOverHttp }: KeptEndpoint): void {
  if (isPlain(readAddress(url).origin) && !isTokenOverHttp) throw tokenOverHttp();
}
