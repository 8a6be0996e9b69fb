import type { Finding } from "../../contract/doctor.ts";
import type { EndpointKind } from "../../contract/endpoints.ts";
import type { RefusalCode, StudioError } from "../../contract/errors.ts";
import { tokenStateOf } from "../../contract/token-expiry.ts";
import { V1_WRAPPER } from "../../kserve/client/server-faults.ts";
import type { ExaminedEndpoint } from "./examined-endpoint.ts";

/** What to do about a problem, and the part of it to copy. */
export type Remedy = Pick<Finding, "fix" | "copy">;

type Known = Pick<
  ExaminedEndpoint,
  "kind" | "profile" | "hasToken" | "tokenExpiresAt" | "tokenSubject" | "now"
>;

/** The route annotation that allows pictures to take longer than HAProxy's 30 s (OpenShift). */
const ROUTE_TIMEOUT = "haproxy.router.openshift.io/timeout: 600s";

/** What to do about a wrapper that draws on v2's address and can answer only on v1's. */
export const V1_WRAPPER_REMEDY: Remedy = {
  fix: `${V1_WRAPPER.fix}.`,
  copy: "- name: PROTOCOL_VERSION\n  value: v2",
};

interface Refused {
  readonly error: StudioError;
  readonly known: Known;
  /** The models that the endpoint lists. */
  readonly models: readonly string[];
}

type Remedies = Readonly<Partial<Record<RefusalCode, (refused: Refused) => Remedy>>>;

/** For the protocols that clusters use. */
const REMEDIES: Remedies = {
  ENDPOINT_FAULT: ({ error }) => ({ fix: `${String(error.details["fix"])}.` }),
  PROXY_FAILED: ({ error }) => proxyRemedy(error),
  PROXY_INVALID: ({ error }) => ({
    fix: `Correct or remove ${String(error.details["variable"])} and start Darkroom again, or let this endpoint go without the proxy.`,
  }),
  ENDPOINT_TOKEN_REFUSED: ({ error, known }) => tokenRemedy(reasonOf(error), known),
  ENDPOINT_MODEL_UNKNOWN: ({ models }) => modelRemedy(models),
  ENDPOINT_BUSY: ({ error }) => busyRemedy(reasonOf(error)),
  ENDPOINT_NOT_SERVED: ({ error }) => notServedRemedy(error.details["status"]),
  ENDPOINT_REFUSED: ({ error, known }) => refusedRemedy(error.details["status"], known),
  ENDPOINT_TIMED_OUT: () => ({
    fix: "The route or a proxy waits 30 s by default, and the reply took longer. Set this annotation on the InferenceService and on its Route, or ask for fewer steps.",
    copy: ROUTE_TIMEOUT,
  }),
  ENDPOINT_MOVED: () => ({
    fix: "Change the address to that one, if you trust it. Nothing was sent there.",
  }),
  ENDPOINT_REPLY_INVALID: () => ({
    fix: "Use the service's base address, as its page on the cluster shows it: a website or another kind of server is here.",
  }),
  ENDPOINT_REPLY_BROKEN: () => ({
    fix: "Try again; if it happens each time, read the logs of the pod and of the proxies before it: one of them cuts replies off.",
  }),
  ENDPOINT_REPLY_TOO_LARGE: () => ({
    fix: "Ask for a smaller picture, or for one at a time.",
  }),
  ENDPOINT_PICTURE_INVALID: () => ({
    fix: "Try again with another seed. If it happens each time, run the model in float32, or read the pod's log.",
  }),
};

/** For servers outside clusters, if the advice differs: they have no pods, routes or service accounts. */
const OTHERS: Remedies = {
  ENDPOINT_BUSY: () => ({
    fix: "It has no room now, or is loading its model: try again in a minute.",
  }),
  ENDPOINT_TIMED_OUT: () => ({
    fix: "A proxy in front of it gave up waiting: raise its time limit, or ask for fewer steps.",
  }),
  ENDPOINT_REPLY_INVALID: () => ({
    fix: "Check the address and the protocol: a website or another kind of server is here.",
  }),
  ENDPOINT_MODEL_UNKNOWN: ({ models }) =>
    models.length === 0 ? { fix: "Enter the name of a model that it has." } : modelRemedy(models),
};

/** By kind. */
const BY_KIND: Readonly<Partial<Record<EndpointKind, Remedies>>> = {
  openai: {
    ...OTHERS,
    ENDPOINT_TOKEN_REFUSED: ({ known }) => ({
      fix: known.hasToken
        ? "Enter another API key as its token: this one is wrong, or may not draw."
        : "Enter its API key as its token.",
    }),
    ENDPOINT_NOT_SERVED: () => ({
      fix: "Check the address: it ends before /v1, and its server must offer OpenAI's images API.",
    }),
    ENDPOINT_REFUSED: ({ error }) => openaiRefused(reasonOf(error)),
  },
  a1111: {
    ...OTHERS,
    ENDPOINT_TOKEN_REFUSED: () => ({
      fix: "A name and a password (--api-auth) cannot be sent: start the web UI without it, or enter the token that a proxy in front of it takes.",
    }),
    ENDPOINT_NOT_SERVED: () => ({ fix: "Start the web UI with --api, and check the address." }),
    ENDPOINT_REFUSED: () => ({ fix: "Change what it refuses, or read the web UI's log." }),
  },
};

/** An account without credit, or a setting that the model does not accept. */
function openaiRefused(reason: string): Remedy {
  if (/quota|credit|billing/i.test(reason)) {
    return { fix: "Add credit to the account that the key belongs to, or use another key." };
  }
  return { fix: "Change what it refuses: its models draw certain sizes only." };
}

/** The advice for an endpoint's refusal. */
export function remedyFor(
  error: StudioError,
  known: Known,
  models: readonly string[] = [],
): Remedy {
  const remedy = BY_KIND[known.kind]?.[error.code] ?? REMEDIES[error.code];
  return (
    remedy?.({ error, known, models }) ?? {
      fix: "Check the address and the network, and try again.",
    }
  );
}

function reasonOf({ details }: StudioError): string {
  return String(details["reason"] ?? "");
}

/** Authentication and rules of a proxy are fixed at the proxy; an endpoint that needs no proxy can bypass it. */
function proxyRemedy({ details }: StudioError): Remedy {
  const fix = `${String(details["fix"])}.`;
  if (!fix.includes("NO_PROXY")) return { fix };
  return { fix: `${fix} Or let this endpoint go without the proxy, in its settings.` };
}

function modelRemedy(models: readonly string[]): Remedy {
  if (models.length === 0) {
    return {
      fix: "Enter the model's own name: the one in model_snapshot of config.properties, which is often not the service's.",
    };
  }
  const names = models.slice(0, 20).join(", ");
  return { fix: `Set the model to one that is there: ${names}.` };
}

function busyRemedy(reason: string): Remedy {
  if (/ServiceUnavailableException|queue|no worker to serve/i.test(reason)) {
    return {
      fix: "Its queue is full or its worker is starting: try again in a minute. For more room raise job_queue_size in config.properties, or the deployment's replicas.",
    };
  }
  return {
    fix: "Wait: the model is being loaded, or its pod is starting. If it stays so for ten minutes, read the pod's log.",
  };
}

function notServedRemedy(status: unknown): Remedy {
  if (status === 503 || status === 502) {
    return {
      fix: "The router has no pod to hand requests to: the deployment is scaled to zero, is starting, or has crashed. Look at its pods.",
      copy: "oc get pods -A -l serving.kserve.io/inferenceservice",
    };
  }
  return {
    fix: "The router knows no such host or path: compare the address with what the cluster lists.",
    copy: "oc get inferenceservices -A",
  };
}

function refusedRemedy(status: unknown, { profile }: Known): Remedy {
  if (status === 422 || status === 400) {
    const asked = "give this report to who runs it";
    const next = profile === "prompt" ? asked : `set what is sent to Prompt only, and ${asked}`;
    return { fix: `Its server reads requests by another schema: ${next}.` };
  }
  return { fix: "Give this report to who runs the endpoint; its own log says more." };
}

/** Depends on whether there is a token, whether it has expired, and whether a person must sign in. */
function tokenRemedy(reason: string, known: Known): Remedy {
  if (reason.startsWith("InvalidKeyException")) {
    return {
      fix: "Enter TorchServe's inference key: it is in key_file.json where TorchServe was started, and expires after an hour by default.",
    };
  }
  const copy = newTokenCommand(known);
  if (!known.hasToken) return { fix: "Enter a bearer token: the endpoint asks for one.", copy };
  if (tokenStateOf(known, known.now().getTime()) === "expired") {
    return { fix: "Make a new token and enter it: this one has expired.", copy };
  }
  if (/sign-in|log[ -]?in/i.test(reason)) {
    return {
      fix: "A sign-in page for browsers stands in front of it and does not accept this token: enter one of a service account that may read the InferenceService.",
      copy,
    };
  }
  return {
    fix: "Enter another token, or let this one's account read the InferenceService: it lacks the right, or it is of another cluster.",
    copy: grantCommand(known) ?? copy,
  };
}

function accountOf(subject: string | undefined) {
  const [, namespace, name] =
    /^system:serviceaccount:([a-z\d.-]+):([a-z\d.-]+)$/.exec(subject ?? "") ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

export function newTokenCommand({ tokenSubject }: Pick<Known, "tokenSubject">): string {
  const { namespace = "PROJECT", name = "NAME-sa" } = accountOf(tokenSubject) ?? {};
  return `oc create token ${name} -n ${namespace} --duration=720h`;
}

function grantCommand({ tokenSubject }: Known): string | undefined {
  const account = accountOf(tokenSubject);
  if (account === undefined) return undefined;
  return `oc policy add-role-to-user view -z ${account.name} -n ${account.namespace}`;
}
