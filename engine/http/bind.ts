import { once } from "node:events";
import type { Server } from "node:net";
import { StudioError } from "../contract/errors.ts";
import { systemCode } from "../files/system-error.ts";

export interface Place {
  readonly host: string;
  /** 0 takes any. */
  readonly port: number;
  /** How many ports from `port` on may be tried. */
  readonly tries: number;
}

/** Listens at a place and gives the port. Refuses as PORT_IN_USE, or as REQUEST_INVALID where no port would do. */
export async function bind(server: Server, place: Place): Promise<number> {
  const { host, port, tries } = place;
  try {
    server.listen({ host, port });
    await once(server, "listening");
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : port;
  } catch (error) {
    const code = systemCode(error) ?? "unknown";
    if (code !== "EADDRINUSE") throw unusable(place, code, error);
    if (tries > 1 && port < 65535) {
      return bind(server, { host, port: port + 1, tries: tries - 1 });
    }
    throw new StudioError("PORT_IN_USE", { host, port }, { cause: error });
  }
}

function unusable({ host, port }: Place, code: string, cause: unknown): StudioError {
  if (code === "EACCES") {
    const reason = "this user may not listen there";
    return new StudioError(
      "REQUEST_INVALID",
      { field: "The port", value: port, reason },
      { cause },
    );
  }
  const reason = `it is no address of this machine (${code})`;
  return new StudioError(
    "REQUEST_INVALID",
    { field: "The address", value: host, reason },
    { cause },
  );
}
