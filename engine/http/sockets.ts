import type { IncomingMessage, ServerResponse } from "node:http";
import { isIPv6, type Socket } from "node:net";

export interface SocketLimits {
  /** Maximum number of open connections. */
  readonly most: number;
  /** Maximum per client address; behind a proxy all clients have the same one. */
  readonly mostOfAddress: number;
}

/** An open connection. */
interface Open {
  readonly socket: Socket;
  readonly network: string;
  /** Number of its requests that are being answered. */
  requests: number;
}

/** The remote end of a connection: the same for its socket and for the TLS socket on top of it. */
export interface Peer {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/**
 * The connections of a listener, limited in total and per client address. Beyond a limit, the oldest one without a
 * complete request is closed; one that waits for a reply never is.
 */
export class Sockets {
  readonly #limits: SocketLimits;
  readonly #counts = new Map<string, number>();
  readonly #open = new Map<unknown, Open>();
  /** The same by socket: finds a request's connection faster if there is no TLS. */
  readonly #plain = new WeakMap<Socket, Open>();
  /** Those without a complete request, oldest first. */
  readonly #idle = new Set<Open>();

  constructor(limits: SocketLimits) {
    this.#limits = limits;
  }

  /** Adds a connection. Beyond a limit it closes the oldest idle one: this one if all others are at work. */
  take(socket: Socket): void {
    const network = networkOf(socket.remoteAddress ?? "");
    const count = (this.#counts.get(network) ?? 0) + 1;
    this.#counts.set(network, count);
    const one = { socket, network, requests: 0 };
    const name = nameOf(socket);
    this.#open.set(name, one);
    this.#plain.set(socket, one);
    this.#idle.add(one);
    socket.once("close", () => {
      if (this.#open.get(name) === one) this.#open.delete(name);
      this.#forget(one);
    });
    const { most, mostOfAddress } = this.#limits;
    if (count > mostOfAddress) this.#closeOldest((other) => other.network === network);
    else if (this.#open.size > most) this.#closeOldest(() => true);
  }

  /** Called when a request's headers are read. Its connection is at work from the end of its body to its reply. */
  follow(request: IncomingMessage, response: ServerResponse): void {
    const begin = (): void => {
      if (!response.closed) response.once("close", this.begin(request.socket));
    };
    if (!hasBody(request)) return begin();
    this.touch(request);
    request.once("end", begin);
  }

  /** Called when a request begins, or is answered at once: its connection becomes the newest of the idle ones. */
  touch({ socket }: IncomingMessage): void {
    const one = this.#plain.get(socket) ?? this.#open.get(nameOf(socket));
    if (one !== undefined && this.#idle.delete(one)) this.#idle.add(one);
  }

  /** Marks a peer's connection as at work until the returned function is called. */
  begin(peer: Peer): () => void {
    const one = this.#open.get(nameOf(peer));
    if (one === undefined) return () => {};
    one.requests++;
    this.#idle.delete(one);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      one.requests--;
      if (one.requests === 0 && !one.socket.destroyed) this.#idle.add(one);
    };
  }

  #closeOldest(isMeant: (one: Open) => boolean): void {
    for (const one of this.#idle) {
      if (!isMeant(one)) continue;
      // Not left to its close event: until then another connection could choose the same one.
      this.#idle.delete(one);
      one.socket.destroy();
      return;
    }
  }

  #forget(one: Open): void {
    this.#idle.delete(one);
    const left = (this.#counts.get(one.network) ?? 0) - 1;
    if (left > 0) this.#counts.set(one.network, left);
    else this.#counts.delete(one.network);
  }
}

/** Whether a request has a body. Without one, `end` is emitted only once the request is read. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** A key that is the same for a socket and the TLS socket on top of it. A Unix socket has no port. */
function nameOf(peer: Peer): unknown {
  const { remoteAddress, remotePort } = peer;
  return remotePort === undefined ? peer : `${remoteAddress} ${remotePort}`;
}

/** What one machine usually has: an IPv4 address, or all IPv6 addresses with the same first 64 bits. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, "");
  if (!isIPv6(plain)) return plain;
  const [front = "", back] = plain.split("::");
  const groups = front === "" ? [] : front.split(":");
  const missing = back === undefined ? 0 : 8 - groups.length - back.split(":").length;
  const whole = [
    ...groups,
    ...Array<string>(Math.max(0, missing)).fill("0"),
    ...(back ?? "").split(":"),
  ];
  return whole.slice(0, 4).join(":");
}
