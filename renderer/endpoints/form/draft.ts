import {
  type Endpoint,
  type EndpointChange,
  type NewEndpoint,
  START_SECONDS,
} from "../../../engine/contract/endpoints.ts";
import type { StudioClient } from "../../../engine/contract/studio-client.ts";

/** A header as it is typed. */
export interface Header {
  readonly name: string;
  readonly value: string;
}

/** An endpoint as it is written down, before it is saved. Empty is the studio's own choice. */
export interface Draft {
  readonly url: string;
  readonly name: string;
  readonly model: string;
  /** `auto` is every setting that the endpoint says it takes, else the prompt only. */
  readonly profile: Endpoint["profile"] | "auto";
  /** `auto` is what the address says. */
  readonly kind: Endpoint["kind"] | "auto";
  /** Typed, or the content of a file; empty leaves what is kept. */
  readonly token: string;
  /** Where the token comes from, if not from the keyboard. */
  readonly tokenFile?: string | undefined;
  readonly isTokenForgotten: boolean;
  readonly ca: string | null;
  readonly isInsecure: boolean;
  readonly isTokenOverHttp: boolean;
  /** Without the proxy that the environment names. */
  readonly isDirect: boolean;
  /** Undefined leaves those that are kept: their values are not known here. */
  readonly headers?: readonly Header[] | undefined;
  readonly timeoutSeconds: number;
  readonly startSeconds: number;
  /** 0 is off. */
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

/** An address as it is meant: pasted without its scheme it is one of https. */
export function addressOf({ url }: Pick<Draft, "url">): string {
  const typed = url.trim();
  return typed === "" || /^[a-z][a-z\d+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`;
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

/** What a draft changes; a name or a model that was emptied stays as it is. */
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

/** Adds or changes; the token goes once, after its address is settled. */
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
