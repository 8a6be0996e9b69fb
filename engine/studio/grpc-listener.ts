import { toWire } from "../contract/errors.ts";
import type { Server } from "../contract/server.ts";
import type { GrpcServer, GrpcServerParts } from "../serving/grpc/grpc-server.ts";
import { type Address, isSameTls } from "../serving/inference-server.ts";

/** The inference server's second listener, gRPC's: where it listens, if anywhere, and why not. */
export class GrpcListener {
  readonly #parts: GrpcServerParts | undefined;
  #listening: { readonly server: GrpcServer; readonly address: Address } | undefined;
  #state: Pick<Server, "grpcTarget" | "grpcError"> = {};

  /** Where `parts` is absent it never listens. */
  constructor(parts: GrpcServerParts | undefined) {
    this.#parts = parts;
  }

  get state(): Pick<Server, "grpcTarget" | "grpcError"> {
    return this.#state;
  }

  /** Listens there from now on, or nowhere. Where the address cannot be had, it is where it was. */
  async moveTo(address: Address | undefined): Promise<void> {
    const before = this.#listening;
    if (before !== undefined && address !== undefined && isThere(before, address)) return;
    await this.#end();
    if (address === undefined) return;
    await this.#listen(address).catch(async (error: unknown) => {
      if (before !== undefined) {
        const { port } = before.server;
        await this.#listen({ ...before.address, port }).catch(() => undefined);
      }
      throw error;
    });
  }

  async #listen(address: Address): Promise<void> {
    if (this.#parts === undefined) return;
    try {
      // Loaded only then: most studios never answer gRPC.
      const { GrpcServer } = await import("../serving/grpc/grpc-server.ts");
      const server = await GrpcServer.listen(address, this.#parts);
      this.#listening = { server, address };
      this.#state = { grpcTarget: server.target };
    } catch (error) {
      this.#state = { grpcError: toWire(error) };
      throw error;
    }
  }

  async #end(): Promise<void> {
    const { server } = this.#listening ?? {};
    this.#listening = undefined;
    this.#state = {};
    await server?.close();
  }
}

function isThere(
  { server, address }: { readonly server: GrpcServer; readonly address: Address },
  wanted: Address,
): boolean {
  const port = wanted.port === 0 && address.port === 0 ? 0 : server.port;
  return address.host === wanted.host && wanted.port === port && isSameTls(address, wanted);
}
