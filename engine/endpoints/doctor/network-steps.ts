import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { DoctorStep } from "../../contract/doctor.ts";
import { StudioError } from "../../contract/errors.ts";
import { connectionReason } from "../../network/connection-reason.ts";
import { proxyVariable } from "../../network/environment-proxy.ts";
import { isThisMachine } from "../../network/this-machine.ts";
import { isPlain } from "../endpoint-address.ts";
import { proxyOf } from "../way.ts";
import { placeOf, reached, wayOf } from "./connected.ts";
import type { ExaminedEndpoint, Outcome } from "./examined-endpoint.ts";
import { remedyFor } from "./remedies.ts";
import { tls } from "./tls-step.ts";

/** The steps to an endpoint's port, before anything is sent to it. */
export const NETWORK_STEPS: readonly (readonly [
  DoctorStep,
  (endpoint: ExaminedEndpoint, signal: AbortSignal) => Promise<Outcome>,
])[] = [
  ["address", address],
  ["dns", dns],
  ["proxy", proxy],
  ["tcp", tcp],
  ["tls", tls],
];

async function address(endpoint: ExaminedEndpoint): Promise<Outcome> {
  const { origin, basePath } = endpoint.address;
  const shown = endpoint.kind === "grpc" ? origin.replace(/^http/, "grpc") : origin;
  const model = endpoint.model === undefined ? "" : `, model ${endpoint.model}`;
  const seen = `${shown}${basePath}${model}`;
  if (endpoint.hasToken && isPlain(origin)) {
    return {
      outcome: endpoint.isTokenOverHttp ? "warning" : "failed",
      seen: `${seen}; anyone on the network path can read the token over http`,
      fix: "Use https.",
      isUnasked: true,
    };
  }
  return { outcome: "ok", seen, isUnasked: true };
}

async function dns(endpoint: ExaminedEndpoint, signal: AbortSignal): Promise<Outcome> {
  const { host } = placeOf(endpoint);
  if (isIP(host) !== 0) return { outcome: "skipped", seen: "the address is a number already" };
  if (isThroughProxy(endpoint)) return { outcome: "skipped", seen: "the proxy looks the name up" };
  try {
    const found = await orAborted(lookup(host, { all: true }), signal);
    return { outcome: "ok", seen: found.map((one) => one.address).join(", ") };
  } catch (error) {
    signal.throwIfAborted();
    const reason = connectionReason(error)?.reason ?? "it cannot be looked up";
    const seen = `No address was found for ${host}: ${reason}.`;
    if (/\.svc(?:\.cluster\.local)?$/.test(host)) {
      return {
        outcome: "failed",
        seen,
        fix: "This name exists inside the cluster alone: use the address of its Route, or forward its port to this computer.",
        copy: `oc port-forward service/${host.split(".")[0]} 8080 -n ${host.split(".")[1]}`,
      };
    }
    return {
      outcome: "failed",
      seen,
      fix: "Check its spelling; if it is right, its network is a private one: connect to the VPN.",
    };
  }
}

/** Says whether a proxy is used for this endpoint, and why. */
async function proxy(endpoint: ExaminedEndpoint, signal: AbortSignal): Promise<Outcome> {
  try {
    const used = proxyOf(wayOf(endpoint));
    if (used === undefined) return { outcome: "ok", seen: whyDirect(endpoint), isUnasked: true };
    const socket = await reached(endpoint, signal);
    socket.destroy();
    return { outcome: "ok", seen: `connected through ${used.url.host} (${used.variable})` };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof StudioError)) throw error;
    return { outcome: "failed", ...proxyProblem(error), ...remedyFor(error, endpoint) };
  }
}

/** What happened, without the advice, which is shown separately. */
function proxyProblem({ details }: StudioError): Pick<Outcome, "seen"> {
  const { variable, reason } = details;
  return {
    seen: `the proxy ${String(details["proxy"] ?? details["address"])} (${variable}): ${reason}`,
  };
}

function whyDirect({ address: { origin }, isDirect }: ExaminedEndpoint): string {
  const url = new URL(origin);
  const variable = proxyVariable(url, process.env);
  if (variable === undefined) return "none: the connection is direct";
  if (isDirect) return `none: ${variable} names one, and this endpoint is set to go without`;
  if (isThisMachine(url)) return "none: this computer is always reached directly";
  if (url.protocol === "http:") {
    return `none: ${variable} names one, which could read all that is sent over plain http`;
  }
  return `none: ${variable} names one, and NO_PROXY exempts this host`;
}

async function tcp(endpoint: ExaminedEndpoint, signal: AbortSignal): Promise<Outcome> {
  const { host, port } = placeOf(endpoint);
  if (isThroughProxy(endpoint)) {
    return { outcome: "skipped", seen: `the proxy connects to ${host}, port ${port}` };
  }
  try {
    const socket = await reached(endpoint, signal);
    const seen = `connected to ${socket.remoteAddress ?? host}, port ${port}`;
    socket.destroy();
    return { outcome: "ok", seen };
  } catch (error) {
    signal.throwIfAborted();
    const reason = connectionReason(error)?.reason ?? "the connection was not made in time";
    return {
      outcome: "failed",
      seen: `No connection to ${host}, port ${port}: ${reason}.`,
      ...tcpRemedy(reason, port, endpoint),
    };
  }
}

/** Whether a proxy is used; an invalid one is reported by its own step. */
function isThroughProxy(endpoint: ExaminedEndpoint): boolean {
  try {
    return proxyOf(wayOf(endpoint)) !== undefined;
  } catch {
    return false;
  }
}

function tcpRemedy(
  reason: string,
  port: number,
  { address: { origin }, isDirect }: ExaminedEndpoint,
): Pick<Outcome, "fix"> {
  if (reason.startsWith("nothing listens")) {
    return { fix: `Check port ${port}; start the server, or its port-forward, again.` };
  }
  const variable = proxyVariable(new URL(origin), process.env);
  const named = variable === undefined ? "" : ` ${variable} names a proxy, which was not used`;
  const why = isDirect ? ": this endpoint is set to go without. Let it use the proxy." : ".";
  return {
    fix: `A firewall is in between, or a VPN is not connected.${named === "" ? "" : `${named}${why}`}`,
  };
}

async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
