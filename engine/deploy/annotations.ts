import type { DeployForm } from "../contract/deploy.ts";
import { annotationKeyFault } from "./values.ts";

/** Annotation keys in the manifests, and what they do. */
export const ANNOTATIONS = {
  displayName: "openshift.io/display-name",
  mode: "serving.kserve.io/deploymentMode",
  auth: "security.opendatahub.io/enable-auth",
  /** Of the route; odh-model-controller copies it there. */
  routeTimeout: "haproxy.router.openshift.io/timeout",
  /** How long Knative waits for a new revision; 600 s by default. */
  progressDeadline: "serving.knative.dev/progress-deadline",
  passthrough: "serving.knative.openshift.io/enablePassthrough",
  sidecar: "sidecar.istio.io/inject",
  probers: "sidecar.istio.io/rewriteAppHTTPProbers",
  /** KServe since 0.15 removes the pods if this is "true". */
  stop: "serving.kserve.io/stop",
  /** Our own: when it was last restarted. */
  redeployedAt: "darkroom/redeployed-at",
} as const;

/** Keys that the form itself decides, so that a line cannot set them. */
const TAKEN: ReadonlySet<string> = new Set([
  ANNOTATIONS.displayName,
  ANNOTATIONS.mode,
  ANNOTATIONS.auth,
  ANNOTATIONS.routeTimeout,
]);

export interface ReadAnnotations {
  readonly annotations: DeployForm["annotations"];
  /** The first line that cannot be used. */
  readonly fault?: { readonly line: string; readonly reason: string };
}

/** Parses annotations, one per line, as `key: value`. Quotes around a value are YAML's and are removed. */
export function readAnnotations(text: string): ReadAnnotations {
  const annotations = new Map<string, string>();
  for (const line of text.split(/\r?\n/).filter((one) => one.trim() !== "")) {
    const match = /^\s*([^:]*?)\s*:(?:\s+(.*?))?\s*$/.exec(line);
    const [, key = "", value = ""] = match ?? [];
    const reason =
      match === null ? "it has no colon with a space behind it" : keyFault(key, annotations);
    if (reason !== undefined) {
      return { annotations: Object.fromEntries(annotations), fault: { line: line.trim(), reason } };
    }
    annotations.set(key, unquoted(value));
  }
  return { annotations: Object.fromEntries(annotations) };
}

function keyFault(key: string, before: ReadonlyMap<string, string>): string | undefined {
  if (TAKEN.has(key)) return "the form has a field for it";
  if (before.has(key)) return "it is there twice";
  return annotationKeyFault(key);
}

function unquoted(value: string): string {
  return /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
}
