import type { Server } from "../../engine/contract/server.ts";

/** Addresses with which a listener accepts connections on every address of its machine. */
const EVERYWHERE = /^(?:0\.0\.0\.0|\[?::\]?)$/;
const OWN = /^(?:127(?:\.\d{1,3}){3}|localhost|\[?::1\]?)$/i;

/** Whether only programs on this machine can reach it. */
export function isOwnMachine(host: string): boolean {
  return OWN.test(host);
}

/** Whether it can be reached at every address of this machine. */
export function isEverywhere(host: string): boolean {
  return EVERYWHERE.test(host);
}

/** The origin for a program on this machine, also before the server runs. */
export function originOf({ origin, settings: { host, port, tls } }: Server): string {
  const scheme = tls === null ? "http" : "https";
  const known = origin ?? `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const url = URL.parse(known);
  if (url === null) return known;
  if (isEverywhere(url.hostname)) url.hostname = "127.0.0.1";
  return url.origin;
}

/** Where it really listens, if that differs from the settings; otherwise undefined. */
export function otherOriginOf({ origin, settings: { host, port } }: Server): string | undefined {
  const url = origin === undefined ? null : URL.parse(origin);
  if (url === null) return undefined;
  const isPort = port === 0 || Number(url.port || (url.protocol === "https:" ? 443 : 80)) === port;
  // A server that listens on every address reports its machine's own.
  const isHost =
    isEverywhere(host) || (isOwnMachine(host) && isOwnMachine(url.hostname))
      ? isOwnMachine(url.hostname)
      : url.hostname.replaceAll(/[[\]]/g, "") === host.toLowerCase();
  return isPort && isHost ? undefined : url.origin;
}

/** Whether a request without a key is refused. */
export function needsKey({ host, hostNames, isKeyRequired }: Server["settings"]): boolean {
  return isKeyRequired || hostNames.length > 0 || !isOwnMachine(host);
}

/** The name of the notebook's model; every served model answers to it. */
const COMMON_NAME = "stable-diffusion";

/** The model name to use in requests: the one that stays when another model is served. */
export function askedName(names: readonly string[]): string {
  return names.includes(COMMON_NAME) ? COMMON_NAME : (names[0] ?? COMMON_NAME);
}
