import type { IncomingMessage, ServerResponse } from "node:http";
import { isIPv6, type Socket } from "node:net";

export interface SocketLimits {
  /** Open at once, of all addresses together. */
  readonly most: number;
  /** Of one address; behind a proxy all have one. */
  readonly mostOfAddress: number;
}

/**
 * The connections of a listener, so many at once and so many of each address. Those that have asked for
 * nothing yet, or for nothing more, make room for new ones, the oldest first; those that wait for a reply
 * never do.
 */
export class Sockets {
  readonly #limits: SocketLimits;
  readonly #counts = new Map<string, number>();
  /** The oldest first. */
  readonly #idle = new Set<Socket>();
  #total = 0;

  constructor(limits: SocketLimits) {
    this.#limits = limits;
  }

  /** Takes a new connection, or closes one: an older one, or this where all others are at work. */
  take(socket: Socket): void {
    const address = networkOf(socket.remoteAddress ?? "");
    const count = (this.#counts.get(address) ?? 0) + 1;
    this.#counts.set(address, count);
    this.#total++;
    this.#idle.add(socket);
    socket.once("close", () => this.#forget(socket, address));
    const { most, mostOfAddress } = this.#limits;
    if (count > mostOfAddress)
      this.#closeOldest((one) => networkOf(one.remoteAddress ?? "") === address);
    else if (this.#total > most) this.#closeOldest(() => true);
  }

  /** A request was read: its connection is at work until it was answered. */
  follow({ socket }: IncomingMessage, response: ServerResponse): void {
    this.#idle.delete(socket);
    response.once("close", () => {
      if (!socket.destroyed) this.#idle.add(socket);
    });
  }

  #closeOldest(isMeant: (socket: Socket) => boolean): void {
    for (const socket of this.#idle) {
      if (!isMeant(socket)) continue;
      // It is forgotten as it closes; another must not count on it meanwhile.
      this.#idle.delete(socket);
      socket.destroy();
      return;
    }
  }

  #forget(socket: Socket, address: string): void {
    this.#idle.delete(socket);
    this.#total--;
    const left = (this.#counts.get(address) ?? 0) - 1;
    if (left > 0) this.#counts.set(address, left);
    else this.#counts.delete(address);
  }
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
