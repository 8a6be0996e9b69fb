import { parseAllDocuments } from "yaml";
import type { FoundEndpoint } from "../contract/endpoints.ts";
import { ANNOTATIONS } from "./annotations.ts";
import { fieldOf, textAt } from "./waiting/observed.ts";

/** What cluster objects say about endpoints. */
export interface FoundInYaml {
  readonly kind: "route" | "inference-service" | "kubeconfig";
  readonly endpoints: readonly FoundEndpoint[];
  /** The parsed kubeconfig: secret. */
  readonly config?: unknown;
}

/** Maximum length of text parsed as YAML; a list of a hundred services has a third of that. */
const MAX_LETTERS = 1 << 20;
const MAX_DOCUMENTS = 100;
/** Maximum number of endpoints offered for selection. */
const MAX_FOUND = 100;

/** The endpoints of Routes and InferenceServices in YAML or JSON, or a kubeconfig; undefined if it is neither. */
export function endpointsInYaml(text: string): FoundInYaml | undefined {
  const objects = text.length > MAX_LETTERS ? [] : objectsIn(text);
  const kinds = objects.map((object) => textAt(object, "kind"));
  const config = objects.find((object, i) => kinds[i] === "Config" && hasClusters(object));
  if (config !== undefined) return { kind: "kubeconfig", endpoints: [], config };
  const services = objects.filter((_, i) => kinds[i] === "InferenceService");
  if (services.length > 0) return { kind: "inference-service", endpoints: endpointsOf(services) };
  const routes = objects.filter((_, i) => kinds[i] === "Route");
  return routes.length === 0
    ? undefined
    : { kind: "route", endpoints: routes.slice(0, MAX_FOUND).flatMap(ofRoute) };
}

/** Endpoints of InferenceServices with an address that can be reached from outside the cluster. */
export function endpointsOf(services: readonly unknown[]): FoundEndpoint[] {
  return services.slice(0, MAX_FOUND).flatMap((service) => {
    const url = URL.parse(textAt(service, "status", "url"));
    if (url === null || /\.(svc|local)$/.test(url.hostname)) return [];
    const timeout = fieldOf(service, "spec", "predictor", "timeout");
    return [
      {
        url: url.href.replace(/\/$/, ""),
        ...nameOf(service),
        needsToken: textAt(service, "metadata", "annotations", ANNOTATIONS.auth) === "true",
        ...(isSeconds(timeout) && { timeoutSeconds: timeout }),
      },
    ];
  });
}

function ofRoute(route: unknown): FoundEndpoint[] {
  const host = textAt(route, "spec", "host") || textAt(route, "status", "ingress", "0", "host");
  const isTls = fieldOf(route, "spec", "tls") !== undefined;
  const url = URL.parse(`${isTls ? "https" : "http"}://${host}${textAt(route, "spec", "path")}`);
  if (host === "" || url === null) return [];
  return [{ url: url.href.replace(/\/$/, ""), ...nameOf(route) }];
}

function nameOf(object: unknown): { readonly name?: string } {
  const name = textAt(object, "metadata", "name").slice(0, 100);
  return name === "" ? {} : { name };
}

function isSeconds(value: unknown): value is number {
  return typeof value === "number" && value >= 1 && value <= 86_400;
}

function hasClusters(object: unknown): boolean {
  return Array.isArray(fieldOf(object, "clusters"));
}

/** The objects in all documents and lists; empty if the text is not YAML. */
function objectsIn(text: string): readonly unknown[] {
  try {
    const documents = parseAllDocuments(text, { logLevel: "silent", uniqueKeys: false });
    if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return [];
    return documents
      .slice(0, MAX_DOCUMENTS)
      .map((document): unknown => document.toJS({ maxAliasCount: 100 }))
      .flatMap((object) => {
        const items = fieldOf(object, "items");
        return Array.isArray(items) ? (items as readonly unknown[]) : [object];
      });
  } catch {
    // A foreign text can contain alias bombs and other things that the library refuses.
    return [];
  }
}
