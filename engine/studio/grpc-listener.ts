import { toWire } from "../contract/errors.ts";
import type { Server } from "../contract/server.ts";
import type { GrpcServer, GrpcServerParts } from "../serving/grpc/grpc-server.ts";
import { type Address, isSameTls } from "../serving/inference-server.ts";

/** The inference server's gRPC listener: where it listens, if at all, and why not. */
export class GrpcListener {
  readonly #parts: GrpcServerParts | undefined;
  #listening: { readonly server: GrpcServer; readonly address: Address } | undefined;
  #state: Pick<Server, "grpcTarget" | "grpcError"> = {};

  /** Without `parts` it never listens. */
  constructor(parts: GrpcServerParts | undefined) {
    this.#parts = parts;
  }

  get state(): Pick<Server, "grpcTarget" | "grpcError"> {
    return this.#state;
  }

  /** Listens at an address, or stops. If the address is not available, nothing changes. */
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
      // Loaded on demand: most studios never use gRPC.
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
