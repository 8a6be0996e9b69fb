import {
  type Endpoint,
  type EndpointChange,
  type NewEndpoint,
  START_SECONDS,
} from "../../../engine/contract/endpoints.ts";
import { withScheme } from "../../../engine/contract/loopback.ts";
import type { StudioClient } from "../../../engine/contract/studio-client.ts";

/** A header as typed. */
export interface Header {
  readonly name: string;
  readonly value: string;
}

/** An endpoint in the form, before it is saved. An empty field means the studio's default. */
export interface Draft {
  readonly url: string;
  readonly name: string;
  readonly model: string;
  /** `auto` sends every setting that the endpoint says it accepts, or only the prompt if it says nothing. */
  readonly profile: Endpoint["profile"] | "auto";
  /** `auto` takes it from the address, or from a test. */
  readonly kind: Endpoint["kind"] | "auto";
  /** As typed, or the content of a file; empty keeps the saved one. */
  readonly token: string;
  /** The file that the token comes from, if it was not typed. */
  readonly tokenFile?: string | undefined;
  readonly isTokenForgotten: boolean;
  readonly ca: string | null;
  readonly isInsecure: boolean;
  readonly isTokenOverHttp: boolean;
  /** Whether to connect without the proxy that the environment names. */
  readonly isDirect: boolean;
  /** Undefined keeps the saved ones, whose values the page does not know. */
  readonly headers?: readonly Header[] | undefined;
  readonly timeoutSeconds: number;
  readonly startSeconds: number;
  /** 0 means off. */
  readonly checkMinutes: number;
}

export const EMPTY_DRAFT: Draft = {
  url: "",
  name: "",
  model: "",
  profile: "auto",
  kind: "auto",
  token: "",
  isTokenForgotten: false,
  ca: null,
  isInsecure: false,
  isTokenOverHttp: false,
  isDirect: false,
  headers: [],
  timeoutSeconds: 600,
  startSeconds: START_SECONDS,
  checkMinutes: 0,
};

export function draftOf(endpoint: Endpoint): Draft {
  const { url, name, model, profile, kind, ca, isInsecure, isTokenOverHttp, isDirect } = endpoint;
  const { timeoutSeconds, startSeconds, checkMinutes } = endpoint;
  const times = { timeoutSeconds, startSeconds, checkMinutes };
  const asked = { url, name, model, profile, kind, ...times };
  const choices = { ...asked, ca, isInsecure, isTokenOverHttp, isDirect };
  const headers = endpoint.headers.length === 0 ? [] : undefined;
  return { ...EMPTY_DRAFT, ...choices, headers };
}

/** The complete address; one pasted without a scheme gets https, or http on this machine. */
export function addressOf({ url }: Pick<Draft, "url">): string {
  return url.trim() === "" ? "" : withScheme(url);
}

export function newEndpointOf(draft: Draft): NewEndpoint {
  const { kind, isDirect, startSeconds, checkMinutes } = draft;
  const { name, model, profile, token, ca, isInsecure, isTokenOverHttp, timeoutSeconds } = draft;
  return {
    url: addressOf(draft),
    ...(name.trim() !== "" && { name: name.trim() }),
    ...(model.trim() !== "" && { model: model.trim() }),
    ...(profile !== "auto" && { profile }),
    ...(kind !== "auto" && { kind }),
    ...(token !== "" && { token }),
    ca,
    isInsecure,
    isTokenOverHttp,
    isDirect,
    headers: [...(draft.headers ?? [])],
    timeoutSeconds,
    startSeconds,
    checkMinutes,
  };
}

const COMPARED = [
  "url",
  "name",
  "model",
  "profile",
  "kind",
  "ca",
  "isInsecure",
  "isTokenOverHttp",
  "isDirect",
  "timeoutSeconds",
  "startSeconds",
  "checkMinutes",
] as const;

/** The changes that a draft makes; an empty name or model changes nothing. */
export function changeOf(draft: Draft, endpoint: Endpoint): EndpointChange {
  const { name, model } = draft;
  const wanted = {
    ...draft,
    url: addressOf(draft),
    name: name.trim() === "" ? endpoint.name : name.trim(),
    model: model.trim() === "" ? endpoint.model : model.trim(),
  };
  const changed = COMPARED.filter(
    (field) => wanted[field] !== endpoint[field] && wanted[field] !== "auto",
  );
  const hasNewHeaders =
    draft.headers !== undefined && draft.headers.length + endpoint.headers.length > 0;
  return {
    id: endpoint.id,
    ...Object.fromEntries(changed.map((field) => [field, wanted[field]])),
    ...(hasNewHeaders && { headers: [...(draft.headers ?? [])] }),
  };
}

/** Adds or changes an endpoint; the token is sent once, after the address is saved. */
export async function saveDraft(
  client: StudioClient,
  draft: Draft,
  endpoint: Endpoint | undefined,
): Promise<Endpoint> {
  if (endpoint === undefined) return client.endpoints.add(newEndpointOf(draft));
  const { id } = endpoint;
  const change = changeOf(draft, endpoint);
  const saved = Object.keys(change).length > 1 ? await client.endpoints.change(change) : endpoint;
  if (draft.token !== "") return client.endpoints.setToken({ id, token: draft.token });
  return draft.isTokenForgotten ? client.endpoints.setToken({ id, token: null }) : saved;
}
