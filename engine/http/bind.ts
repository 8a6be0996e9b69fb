import { once } from "node:events";
import type { Server } from "node:net";
import { StudioError } from "../contract/errors.ts";
import { systemCode } from "../files/system-error.ts";

export interface Place {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Number of ports to try, starting at `port`. */
  readonly tries: number;
}

/**
 * Listens and returns the port. If `tries` allows, a port in use is replaced by the next one, and one that the system
 * reserves by any free one. Refuses as PORT_IN_USE or PORT_REFUSED, or as REQUEST_INVALID if the host is not an address
 * of this machine.
 */
export async function bind(server: Server, place: Place): Promise<number> {
  const { host, port, tries } = place;
  try {
    server.listen({ host, port });
    await once(server, "listening");
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : port;
  } catch (error) {
    const code = systemCode(error) ?? "unknown";
    const others = tries > 1 ? othersThan(port, code) : undefined;
    if (others !== undefined) return bind(server, { host, port: others, tries: tries - 1 });
    if (code === "EADDRINUSE")
      throw new StudioError("PORT_IN_USE", { host, port }, { cause: error });
    if (code === "EACCES") throw new StudioError("PORT_REFUSED", { host, port }, { cause: error });
    const reason = `it is not an address of this computer (${code})`;
    const details = { field: "The address", value: host, reason };
    throw new StudioError("REQUEST_INVALID", details, { cause: error });
  }
}

/** The port to try next; undefined if another one would not help. */
function othersThan(port: number, code: string): number | undefined {
  if (code === "EADDRINUSE" && port < 65535) return port + 1;
  // Windows reserves ranges of 100 and more ports, Linux all below 1024.
  return code === "EACCES" && port !== 0 ? 0 : undefined;
}
