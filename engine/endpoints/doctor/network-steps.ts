import { lookup } from "node:dns/promises";
import { connect, isIP } from "node:net";
import type { DoctorStep } from "../../contract/doctor.ts";
import { connectionReason } from "../../network/connection-reason.ts";
import { isPlain } from "../endpoint-address.ts";
import { connected, placeOf } from "./connected.ts";
import type { Outcome, Patient } from "./patient.ts";
import { tls } from "./tls-step.ts";

/** The way to an endpoint's port, before anything is asked of it. */
export const NETWORK_STEPS: readonly (readonly [
  DoctorStep,
  (patient: Patient, signal: AbortSignal) => Promise<Outcome>,
])[] = [
  ["address", address],
  ["dns", dns],
  ["proxy", proxy],
  ["tcp", tcp],
  ["tls", tls],
];

async function address(patient: Patient): Promise<Outcome> {
  const { origin, basePath } = patient.address;
  const seen = `${origin}${basePath}, model ${patient.model}`;
  if (patient.hasToken && isPlain(origin)) {
    return {
      outcome: patient.isTokenOverHttp ? "warning" : "failed",
      seen: `${seen}; everyone on the way can read the token over http`,
      fix: "Use https.",
    };
  }
  return { outcome: "ok", seen };
}

async function dns(patient: Patient, signal: AbortSignal): Promise<Outcome> {
  const { host } = placeOf(patient);
  if (isIP(host) !== 0) return { outcome: "skipped", seen: "the address is a number already" };
  try {
    const found = await orAborted(lookup(host, { all: true }), signal);
    return { outcome: "ok", seen: found.map((one) => one.address).join(", ") };
  } catch (error) {
    signal.throwIfAborted();
    const seen = `${host}: ${connectionReason(error)?.reason ?? "it cannot be looked up"}`;
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

const PROXY_VARIABLES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"] as const;

/** The proxy that the environment names, by host and port alone: its address may hold a password. */
function namedProxy(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const variable = PROXY_VARIABLES.find((name) => (env[name] ?? "") !== "");
  if (variable === undefined) return undefined;
  const host = URL.parse(env[variable] ?? "")?.host ?? "an address that cannot be read";
  return `${variable} names ${host}`;
}

async function proxy(): Promise<Outcome> {
  const named = namedProxy();
  if (named === undefined) return { outcome: "ok", seen: "none: the connection is direct" };
  return { outcome: "ok", seen: `${named}; endpoints are asked directly, not through it` };
}

async function tcp(patient: Patient, signal: AbortSignal): Promise<Outcome> {
  const { host, port } = placeOf(patient);
  const socket = connect({ host, port });
  try {
    await connected(socket, "connect", signal);
    return { outcome: "ok", seen: `connected to ${socket.remoteAddress ?? host}, port ${port}` };
  } catch (error) {
    signal.throwIfAborted();
    const reason = connectionReason(error)?.reason ?? "the connection was not made in time";
    return {
      outcome: "failed",
      seen: `${host}, port ${port}: ${reason}`,
      ...tcpRemedy(reason, port),
    };
  } finally {
    socket.destroy();
  }
}

function tcpRemedy(reason: string, port: number): Pick<Outcome, "fix"> {
  if (reason.startsWith("nothing listens")) {
    return { fix: `Check port ${port}; start the server, or its port-forward, again.` };
  }
  const named = namedProxy();
  const other = named === undefined ? "" : ` ${named}, which endpoints do not use.`;
  return { fix: `A firewall is in between, or a VPN is not connected.${other}` };
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
