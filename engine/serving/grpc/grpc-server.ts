import { createServer, type Server as NetServer, type Socket } from "node:net";
import { createServer as createSecureServer } from "node:tls";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { isLoopback } from "../../contract/loopback.ts";
import { StudioError } from "../../contract/errors.ts";
import type { ShownTls } from "../../contract/server.ts";
import type { Admission } from "../admission.ts";
import type { PictureEngine } from "../picture-engine.ts";
import { bind } from "../../http/bind.ts";
import { hostAndPort } from "../../http/hosts.ts";
import { SECURE, showCertificate } from "../../http/secure-server.ts";
import { type SocketLimits, Sockets } from "../../http/sockets.ts";
import type { WatchedCertificate } from "../certificate.ts";
import { type Address, certificateOf, type InferenceServerParts } from "../inference-server.ts";
import { ListenerGate } from "../listener-gate.ts";
import { CallGate } from "./call-gate.ts";
import { GrpcDefinition } from "./grpc-definition.ts";
import { installMethods } from "./install-methods.ts";
import type { Services } from "./grpc-method.ts";
import { healthMethods } from "./health-methods.ts";
import { isReady, modelMethods } from "./model-methods.ts";
import { pictureMethods } from "./picture-methods.ts";
import { reflectionMethods } from "./reflection-methods.ts";

export type GrpcServerParts = Omit<InferenceServerParts, "installRoutes"> & {
  /** Limits on connections, for tests. */
  readonly sockets?: SocketLimits;
  /** The services to offer; protocol v2 by default. */
  readonly offer?: Offer;
  /** Maximum size of a request, if it differs from the default. */
  readonly maxMessageBytes?: number;
};

/** The services of a listener: the files in assets/grpc that declare them, and their implementation. */
export interface Offer {
  readonly files: readonly string[];
  readonly services: (parts: OfferParts) => Services;
}

export interface OfferParts {
  readonly engine: PictureEngine;
  readonly admission: Admission;
  readonly logError: (error: unknown) => void;
}

/** Inference protocol v2. */
export const OPEN_INFERENCE: Offer = {
  files: ["inference.proto"],
  services: (parts) => ({
    "inference.GRPCInferenceService": { ...modelMethods(parts.engine), ...pictureMethods(parts) },
  }),
};

/** Drawing ends within two seconds, so that its client can be told. */
const GRACE_MS = 2000;

/** A client uses one connection for all its calls, and a proxy uses few, so this is less than for REST. */
const SOCKETS: SocketLimits = { most: 1024, mostOfAddress: 768 };

/** Maximum size of a request: prompts and settings have a few kilobytes, and a stream reads sixteen messages ahead. */
const MAX_MESSAGE_BYTES = 1 << 20;

/** Simultaneous calls per connection; further ones wait at the client. */
const MAX_CALLS = 100;

const OPTIONS = {
  "grpc.max_send_message_length": -1,
  "grpc.max_concurrent_streams": MAX_CALLS,
  // A client that does not answer a ping is gone.
  "grpc.keepalive_time_ms": 30_000,
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc.max_connection_idle_ms": 300_000,
  "grpc.enable_channelz": 0,
};

/** A running gRPC listener. */
export class GrpcServer {
  readonly #server: Server;
  readonly #closing: AbortController;
  readonly #sockets: NetServer;
  readonly #certificate: WatchedCertificate | undefined;
  readonly port: number;
  /** Such as `127.0.0.1:8081`, as gRPC clients expect it. */
  readonly target: string;

  private constructor(
    { server, closing }: { readonly server: Server; readonly closing: AbortController },
    {
      sockets,
      certificate,
    }: { readonly sockets: NetServer; readonly certificate: WatchedCertificate | undefined },
    { host, port }: Omit<Address, "tries">,
  ) {
    this.#server = server;
    this.#closing = closing;
    this.#sockets = sockets;
    this.#certificate = certificate;
    this.port = port;
    this.target = hostAndPort(host, port);
  }

  /** The certificate in use. */
  get tls(): ShownTls | undefined {
    return this.#certificate?.shown;
  }

  /**
   * Starts to listen. Refuses as KEY_NEEDED if others can reach the address and there is no key, as
   * CERTIFICATE_UNUSABLE or as PORT_IN_USE.
   */
  static async listen(address: Address, parts: GrpcServerParts): Promise<GrpcServer> {
    const { file, engine, requests, log, offer = OPEN_INFERENCE } = parts;
    const { maxMessageBytes = MAX_MESSAGE_BYTES } = parts;
    const { host } = address;
    if (!isLoopback(host) && !file.hasKeys && file.reach === undefined)
      throw new StudioError("KEY_NEEDED", { host });
    const definition = await GrpcDefinition.read(offer.files);
    const certificate = await certificateOf(address, { log });
    const scheme = certificate === undefined ? "http" : "https";
    const listening = new ListenerGate({ host, scheme }, file);
    const limited = new Sockets(parts.sockets ?? SOCKETS);
    const gate = new CallGate(listening, { requests, sockets: limited, metrics: parts.metrics });
    const closing = new AbortController();
    const server = new Server({
      ...OPTIONS,
      "grpc.max_receive_message_length": maxMessageBytes,
      interceptors: [gate.intercept],
    });
    const offered = offer.services({
      engine,
      admission: requests.marking(parts.admission),
      logError: (error) => log.error(error),
    });
    const reflection = reflectionMethods(definition);
    const services = {
      ...offered,
      "grpc.health.v1.Health": healthMethods(definition.services, () => isReady(engine)),
      "grpc.reflection.v1.ServerReflection": reflection,
      "grpc.reflection.v1alpha.ServerReflection": reflection,
    };
    const scopeOf = installMethods(server, services, {
      definition,
      gate,
      closing: closing.signal,
      log,
      metrics: parts.metrics,
    });
    const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
    const sockets = socketsFor(certificate, (socket) => injector.injectConnection(socket));
    sockets.on("connection", (socket: Socket) => limited.take(socket));
    sockets.on("error", (error) => sockets.listening && log.error(error));
    try {
      const port = await bind(sockets, address);
      listening.open(port, scopeOf);
      return new GrpcServer({ server, closing }, { sockets, certificate }, { host, port });
    } catch (error) {
      certificate?.close();
      throw error;
    }
  }

  /** Refuses pending calls and closes all connections. */
  async close(): Promise<void> {
    if (!this.#sockets.listening) return;
    this.#sockets.close();
    this.#certificate?.close();
    this.#closing.abort(new StudioError("SERVER_CLOSING"));
    const { promise, resolve } = Promise.withResolvers<void>();
    const late = setTimeout(resolve, GRACE_MS);
    this.#server.tryShutdown(() => resolve());
    await promise;
    clearTimeout(late);
    this.#server.forceShutdown();
  }
}

/** A server for HTTP/2 connections, encrypted if there is a certificate. */
function socketsFor(
  certificate: WatchedCertificate | undefined,
  onConnection: (socket: Socket) => void,
): NetServer {
  if (certificate === undefined) return createServer(onConnection);
  const options = { ...certificate.context, ...SECURE, ALPNProtocols: ["h2"] };
  const server = createSecureServer(options, onConnection);
  // A failed handshake, such as by a client that does not trust the certificate, is not our error.
  server.on("tlsClientError", (_, socket) => socket.destroy());
  showCertificate(server, certificate);
  return server;
}
