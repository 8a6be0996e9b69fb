import { StudioError } from "../../contract/errors.ts";
import { beginning, type EndpointReply, isPage } from "./endpoint-reply.ts";
import { errorText, fromJson, wrappedFailure } from "./error-text.ts";
import { serverFault, unknownFault } from "./server-faults.ts";

/**
 * Why a reply contains no picture, by its status and form: the refusal to show, or undefined if the body has to be
 * read. Redirects are never followed, so they are refused here.
 */
export function refusalOf(reply: EndpointReply): StudioError | undefined {
  const { status } = reply;
  if (status >= 300 && status < 400) return movedRefusal(reply);
  if (status >= 200 && status < 300) return disguisedRefusal(reply);
  const inner = wrappedFailure(fromJson(reply.body) ?? "");
  return statusRefusal(inner?.status ?? status, errorText(reply), reply);
}

function statusRefusal(status: number, reason: string, reply: EndpointReply): StudioError {
  if (status === 401 || status === 403 || isTokenFault(reason)) return tokenRefused(reason);
  const fault = serverFault(status, reason);
  if (fault !== undefined) return new StudioError("ENDPOINT_FAULT", { status, ...fault });
  if (isUnknownModel(status, reason)) return new StudioError("ENDPOINT_MODEL_UNKNOWN", { reason });
  if (isRouters(status, reason, reply)) {
    return new StudioError("ENDPOINT_NOT_SERVED", { status, reason });
  }
  if (status === 408 || status === 504) return new StudioError("ENDPOINT_TIMED_OUT", { status });
  return otherRefusal(status, reason, reply);
}

/** Refusals by a server that has the model: it is full, rejects the request, or failed. */
function otherRefusal(status: number, reason: string, reply: EndpointReply): StudioError {
  const isPaid = !isUnpaid(reason);
  const isFull = status === 429 || (status === 503 && !isFailure(reason));
  if (isFull && isPaid) return busy(status, reason, reply);
  if (status >= 500 && isPaid) {
    return new StudioError("ENDPOINT_FAULT", { status, ...unknownFault(reason) });
  }
  return new StudioError("ENDPOINT_REFUSED", { status, reason });
}

/** TorchServe answers 400 to a wrong token. */
function isTokenFault(reason: string): boolean {
  return reason.startsWith("InvalidKeyException");
}

/** Triton answers 400 for an unknown model, other servers 404; so does an unknown path. */
function isUnknownModel(status: number, reason: string): boolean {
  const isNamed =
    /unknown model|no model called|model\b.*\b(?:not found|not exist)|ModelNotFound/i.test(reason);
  return (status === 404 || status === 400) && isNamed;
}

/** OpenAI answers 429 to an account without credit, where waiting does not help. */
function isUnpaid(reason: string): boolean {
  return /insufficient_quota|exceeded your current quota/i.test(reason);
}

/**
 * Envoy also answers 503 if the connection to the server broke. "overflow" is its circuit breaker, which did not
 * forward the request.
 */
function isFailure(reason: string): boolean {
  return /upstream connect error/i.test(reason) && !/reset reason: overflow/i.test(reason);
}

/**
 * What routers without a server to forward to say: Envoy (Istio, Knative), Traefik, Kong. Their messages about broken
 * connections mean that there was a server.
 */
const NO_SERVER =
  /^no healthy upstream$|^no available server$|connection failure|connection refused|delayed connect error|failure to get a peer|^received http status code 50[23]/i;

/** Messages for an unknown path or host: of Go servers, FastAPI, TorchServe, Kong, Kubernetes' ingress. */
const NO_PATH =
  /^(?:404 )?(?:page )?not found$|requested resource is not found|no Route matched|^default backend\b|^unknown (?:service|method)|^received http status code 404/i;

/**
 * Whether a router replied because there is no server: with a page (OpenShift, HAProxy, nginx, load balancers), with
 * one of its own messages or, for an unknown address, with nothing. A model server replies in JSON, and with
 * Retry-After if it is full.
 */
function isRouters(status: number, reason: string, reply: EndpointReply): boolean {
  const isRoutersPage = isPage(reply) && reply.headers["retry-after"] === undefined;
  if (status === 404) return isRoutersPage || reply.body.length === 0 || NO_PATH.test(reason);
  return (status === 502 || status === 503) && (isRoutersPage || NO_SERVER.test(reason));
}

/** A longer wait makes no difference. */
const LONGEST_SECONDS = 10 ** 9;

function busy(status: number, reason: string, { headers }: EndpointReply): StudioError {
  const wait = headers["retry-after"] ?? "";
  // The header's other form, a date, would need a clock to convert.
  const isSeconds = /^\d+$/.test(wait);
  const retry = isSeconds ? { retryAfterSeconds: Math.min(Number(wait), LONGEST_SECONDS) } : {};
  return new StudioError("ENDPOINT_BUSY", { status, reason, ...retry });
}

function tokenRefused(reason: string): StudioError {
  return new StudioError("ENDPOINT_TOKEN_REFUSED", { reason });
}

const SIGN_IN = /sign[\s_-]?in|log[\s_-]?in|oauth|authorize|password/i;

/** oauth-proxy redirects browsers to its login if the sign-in page is skipped. */
function movedRefusal({ status, headers }: EndpointReply): StudioError {
  if (status === 304) {
    return new StudioError("ENDPOINT_REPLY_INVALID", {
      reason: "it says that nothing has changed",
    });
  }
  // The query can contain a token, and so can user info before the host.
  const location = (headers["location"] ?? "")
    .replace(/[?#].*$/s, "")
    .replace(/^([a-z][\w+.-]*:)?\/\/[^/]*@/i, "$1//")
    .slice(0, 200)
    .toWellFormed();
  if (SIGN_IN.test(location)) return tokenRefused("it sends us to its sign-in page");
  if (isAddress(location)) return new StudioError("ENDPOINT_MOVED", { location });
  return new StudioError("ENDPOINT_REPLY_INVALID", {
    reason: "it is a redirect to no web address",
  });
}

/** Whether it is an http address, rather than a script's or a mail's. */
function isAddress(location: string): boolean {
  return location !== "" && !/^(?!https?:)[a-z][\w+.-]*:/i.test(location);
}

/** Refusals with status 200: a sign-in page, another page, an error object. */
function disguisedRefusal(reply: EndpointReply): StudioError | undefined {
  if (isPage(reply)) {
    if (SIGN_IN.test(beginning(reply.body))) return tokenRefused("it answers with a sign-in page");
    const reason = `it is a web page: ${errorText(reply)}`;
    return new StudioError("ENDPOINT_REPLY_INVALID", { reason });
  }
  const reason = fromJson(reply.body) === undefined ? undefined : errorText(reply);
  if (reason === undefined) return undefined;
  const { status } = reply;
  const fault = serverFault(status, reason);
  if (fault !== undefined) return new StudioError("ENDPOINT_FAULT", { status, ...fault });
  return new StudioError("ENDPOINT_REFUSED", { status, reason });
}
