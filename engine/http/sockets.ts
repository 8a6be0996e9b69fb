import type { IncomingMessage, ServerResponse } from "node:http";
import { isIPv6, type Socket } from "node:net";

export interface SocketLimits {
  /** Open at once, of all addresses together. */
  readonly most: number;
  /** Of one address; behind a proxy all have one. */
  readonly mostOfAddress: number;
}

/** An open connection. */
interface Open {
  readonly socket: Socket;
  readonly network: string;
  /** Requests that are answered on it. */
  requests: number;
}

/** Both ends of a connection, whether it is seen encrypted or not. */
export interface Peer {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/**
 * The connections of a listener, so many at once and so many of each address. Those without a complete request make
 * room for new ones, the oldest first; those that wait for a reply never do.
 */
export class Sockets {
  readonly #limits: SocketLimits;
  readonly #counts = new Map<string, number>();
  readonly #open = new Map<unknown, Open>();
  /** The same by the connections themselves, if they are not encrypted. */
  readonly #plain = new WeakMap<Socket, Open>();
  /** The oldest first. */
  readonly #idle = new Set<Open>();

  constructor(limits: SocketLimits) {
    this.#limits = limits;
  }

  /** Takes a new connection, or closes one: an older one, or this where all others are at work. */
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

  /** A request's head was read. Once its body is here, too, its connection is at work until it was answered. */
  follow(request: IncomingMessage, response: ServerResponse): void {
    const begin = (): void => {
      if (!response.closed) response.once("close", this.begin(request.socket));
    };
    if (!hasBody(request)) return begin();
    this.touch(request);
    request.once("end", begin);
  }

  /** A request was begun, or answered at once: of the connections at rest its own is the newest. */
  touch({ socket }: IncomingMessage): void {
    const one = this.#plain.get(socket) ?? this.#open.get(nameOf(socket));
    if (one !== undefined && this.#idle.delete(one)) this.#idle.add(one);
  }

  /** The connection of a peer is at work until what is given is called. */
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
      // It is forgotten as it closes; another must not count on it meanwhile.
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

/** The end of a request without a body is only reported to those who read it. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** The same for a connection and for what is deciphered of it. A socket of this machine's files has no port. */
function nameOf(peer: Peer): unknown {
  const { remoteAddress, remotePort } = peer;
  return remotePort === undefined ? peer : `${remoteAddress} ${remotePort}`;
}

/** What one machine has: an address of IPv4, or 64 bits of IPv6. */
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
