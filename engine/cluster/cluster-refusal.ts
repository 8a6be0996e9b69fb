import { StudioError } from "../contract/errors.ts";
import { fieldOf } from "../deploy/waiting/observed.ts";

/** What a request was about, for messages. */
export interface Asked {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

interface Refused {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A cause in the API's reply: a field, and what is wrong with it. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  /** Without a leading dot. */
  readonly field: string;
}

/** Maximum length of a cluster's message that is shown. */
const LONGEST = 500;

/** The refusal for an error of the API (Status in Kubernetes' API conventions). */
export function refusalOf(
  { status, body }: Refused,
  about: Asked & { readonly host: string },
): StudioError {
  const { host, namespace = "" } = about;
  const reason = messageOf(body);
  if (status === 401) {
    return new StudioError("CLUSTER_TOKEN_REFUSED", { host, reason: expired(reason) });
  }
  if (status === 404) return missing(body, about) ?? ofObject(reason, about);
  if (isWebhook(reason)) return ofObject(reason, about);
  if (status === 403) return denied(reason, namespace);
  if (status === 429 || status >= 503) return new StudioError("CLUSTER_BUSY", { host, reason });
  return ofObject(reason, about);
}

const KSERVE_KINDS: ReadonlySet<string> = new Set([
  "InferenceService",
  "ServingRuntime",
  "ClusterServingRuntime",
]);

/** The refusal if the project or KServe is missing. */
function missing(
  body: Refused["body"],
  { host, kind = "" }: Asked & { readonly host: string },
): StudioError | undefined {
  const namespace = fieldOf(body, "details", "name");
  if (fieldOf(body, "details", "kind") === "namespaces" && typeof namespace === "string") {
    return new StudioError("CLUSTER_NAMESPACE_MISSING", { namespace });
  }
  return KSERVE_KINDS.has(kind)
    ? new StudioError("CLUSTER_WITHOUT_KSERVE", { host, kind })
    : undefined;
}

const WEBHOOK = /admission webhook "([^"]+)" denied the request:?\s*(.*)/s;
const isWebhook = (reason: string): boolean => WEBHOOK.test(reason);

function ofObject(reason: string, { kind = "the object", name = "" }: Asked): StudioError {
  const [, webhook, why = ""] = WEBHOOK.exec(reason) ?? [];
  if (webhook === undefined) {
    const details = { kind, name, reason: unpunctuated(withoutPrefix(reason)) };
    return new StudioError("CLUSTER_OBJECT_INVALID", details);
  }
  const said = why === "" ? "it says nothing more" : unpunctuated(why);
  return new StudioError("CLUSTER_WEBHOOK", { webhook, kind, name, reason: said });
}

function denied(reason: string, namespace: string): StudioError {
  if (/exceeded quota|forbidden: .*quota/i.test(reason)) {
    const why = /exceeded quota.*/i.exec(reason)?.[0] ?? reason;
    return new StudioError("CLUSTER_QUOTA", { reason: unpunctuated(why) });
  }
  const [, account, verb, resource] =
    /User "([^"]*)" cannot (\w+) resource "([^"]*)"/.exec(reason) ?? [];
  if (verb === undefined || resource === undefined) {
    const details = { kind: "this", name: "", reason: unpunctuated(withoutPrefix(reason)) };
    return new StudioError("CLUSTER_OBJECT_INVALID", details);
  }
  const who =
    account === "system:anonymous" ? "A request without a token" : `The account ${account ?? ""}`;
  const what = `${verb} ${resource}`;
  if (reason.includes(" at the cluster scope")) {
    return new StudioError("CLUSTER_ADMIN_NEEDED", { account: who, what });
  }
  const project = /in the namespace "([^"]*)"/.exec(reason)?.[1] ?? namespace;
  return new StudioError("CLUSTER_DENIED", { account: who, what, namespace: project });
}

/** The causes in an error, at most a hundred. */
export function causesOf(body: Refused["body"]): Cause[] {
  const causes = fieldOf(body, "details", "causes");
  const list: readonly unknown[] = Array.isArray(causes) ? causes.slice(0, 100) : [];
  return list.map((cause) => ({
    reason: textOf(fieldOf(cause, "reason")),
    message: textOf(fieldOf(cause, "message")),
    field: textOf(fieldOf(cause, "field")).replace(/^\./, ""),
  }));
}

/** `reason` completes "… did not answer: …". */
export function unreachable(host: string, reason: string): StudioError {
  return new StudioError("CLUSTER_UNREACHABLE", { host, reason });
}

export function invalidReply(host: string, reason: string): StudioError {
  return new StudioError("CLUSTER_REPLY_INVALID", { host, reason });
}

/** The API's message on one line. */
export function messageOf(body: Refused["body"]): string {
  const text = textOf(body["message"]);
  return text === "" ? "it says nothing more" : text;
}

function textOf(value: unknown): string {
  return typeof value === "string"
    ? value.replaceAll(/\s+/g, " ").trim().slice(0, LONGEST).toWellFormed()
    : "";
}

/** Kubernetes says only "Unauthorized" about an expired token. */
function expired(reason: string): string {
  return /^unauthorized$/i.test(reason)
    ? "it has expired, or is of another cluster"
    : unpunctuated(reason);
}

function unpunctuated(text: string): string {
  return text.trim().replace(/\.$/, "");
}

/** Removes the prefix that repeats the object: `KIND.GROUP "NAME" is invalid: `. */
function withoutPrefix(text: string): string {
  return text.replace(/^[\w.]+ "[^"]*" is (?:invalid|forbidden): /, "");
}
