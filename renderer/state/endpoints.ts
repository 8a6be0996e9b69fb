import type { Endpoint, EndpointCheck } from "../../engine/contract/endpoints.ts";
import type { RefusalCode } from "../../engine/contract/errors.ts";
import type { Studio } from "../connection/studio.tsx";

/** Updates new and changed endpoints in the list, if it has been read; new ones are added at the end. */
export function mergeEndpoints(changed: readonly Endpoint[], { cache, queries }: Studio): void {
  const byId = new Map(changed.map((endpoint) => [endpoint.id, endpoint]));
  cache.setQueryData(queries.endpoints.list.queryKey(), (before) => {
    if (before === undefined) return undefined;
    const known = new Set(before.map(({ id }) => id));
    const added = changed.filter(({ id }) => !known.has(id));
    return [...before.map((endpoint) => byId.get(endpoint.id) ?? endpoint), ...added];
  });
}

export function forgetEndpoints(ids: readonly string[], { cache, queries }: Studio): void {
  const gone = new Set(ids);
  cache.setQueryData(queries.endpoints.list.queryKey(), (before) =>
    before?.filter(({ id }) => !gone.has(id)),
  );
}

/** An endpoint without its measurements, which change with every picture, start and quiet check. */
export type KnownEndpoint = Omit<Endpoint, "medianSeconds" | "medianOf" | "starts" | "quietChecks">;

/** For a query's `select`: endpoints whose measurements alone have changed are the same to what reads them. */
export function withoutMeasurements(all: readonly Endpoint[]): readonly KnownEndpoint[] {
  return all.map(
    ({ medianSeconds: _s, medianOf: _of, starts: _starts, quietChecks: _checks, ...known }) =>
      known,
  );
}

/** What is known about whether it would draw now. */
export type Readiness = "ready" | "not-ready" | "failed" | "unknown" | "outdated";

export function readinessOf({ check }: KnownEndpoint): Readiness {
  if (check?.state === "ready" && check.isOutdated === true) return "outdated";
  return check?.state ?? "unknown";
}

/** The profile it is known to use. If nothing is known, only the prompt is sent, which is not a finding. */
export function knownProfileOf({ check, profile }: Endpoint): Endpoint["profile"] | undefined {
  const isKnown = profile !== "prompt" || (check !== undefined && check.state !== "failed");
  return isKnown ? profile : undefined;
}

const NO_ANSWERS: ReadonlySet<RefusalCode> = new Set([
  "ENDPOINT_CERTIFICATE",
  "ENDPOINT_UNREACHABLE",
  "PROXY_FAILED",
  "PROXY_INVALID",
]);

/** Whether the last check reached the endpoint; a check that could not start took no time. */
export function hasAnswered({ error, ms }: EndpointCheck): boolean {
  return error === undefined || (ms > 0 && !NO_ANSWERS.has(error.code));
}

/**
 * What is known about an endpoint's certificate: it has none (`open`), it is not to be checked (`unchecked`), no
 * answer over TLS has shown it yet (`untested`), or the computer trusts it (`system`).
 */
export function certificateStateOf({
  origin,
  isInsecure,
  check,
  hasAnswered: hasEverAnswered = false,
}: Endpoint): "open" | "unchecked" | "untested" | "system" {
  if (!origin.startsWith("https:")) return "open";
  if (isInsecure) return "unchecked";
  if (check === undefined) return "untested";
  // An answer stays a proof while the endpoint is down, but not after its certificate was refused.
  const wasSeen = hasEverAnswered && check.error?.code !== "ENDPOINT_CERTIFICATE";
  return wasSeen || hasAnswered(check) ? "system" : "untested";
}

/** The endpoints whose name, address, protocol or model contains every word of a search, in their order. */
export function endpointsThatMatch(
  all: readonly Endpoint[],
  search: string,
  kindName: (kind: Endpoint["kind"]) => string,
): readonly Endpoint[] {
  const words = search.toLowerCase().split(/\s+/);
  return all.filter(({ name, url, kind, model }) => {
    const text = [name, url, kindName(kind), model].join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** What can be done about an endpoint's refusal. */
export type Remedy = "token" | "certificate" | "model" | "address" | "timeout" | "start" | "again";

const REMEDIES: Readonly<Partial<Record<RefusalCode, Remedy>>> = {
  ENDPOINT_TOKEN_REFUSED: "token",
  ENDPOINT_CERTIFICATE: "certificate",
  ENDPOINT_MODEL_UNKNOWN: "model",
  ENDPOINT_MOVED: "address",
  ENDPOINT_REPLY_INVALID: "address",
  ENDPOINT_NOT_SERVED: "address",
  ENDPOINT_TIMED_OUT: "timeout",
  ENDPOINT_NOT_STARTED: "start",
};

/** The most likely next step after a refusal; retry if nothing better is known. */
export function remedyOf(code: RefusalCode): Remedy {
  return REMEDIES[code] ?? "again";
}
