import {
  type ChannelCredentials,
  type Client,
  credentials,
  loadPackageDefinition,
  Metadata,
} from "@grpc/grpc-js";
import { load } from "@grpc/proto-loader";
import { onTestFinished } from "vitest";
import type { ServerChange, TlsFiles } from "../../engine/contract/server.ts";
import { AdmissionQueue } from "../../engine/serving/admission-queue.ts";
import { GrpcServer, type Offer } from "../../engine/serving/grpc/grpc-server.ts";
import { ServingMetrics } from "../../engine/serving/metrics/serving-metrics.ts";
import { quietLog } from "../../engine/serving/quiet-log.ts";
import { RequestLog } from "../../engine/serving/request-log.ts";
import { ServerFile } from "../../engine/serving/server-file.ts";
import { ConstantEngine } from "./constant-engine.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A complete gRPC listener on a real port, over a fake engine. */
export interface OpenGrpcServer {
  readonly target: string;
  readonly port: number;
  readonly engine: ConstantEngine;
  readonly file: ServerFile;
  readonly admission: AdmissionQueue;
  readonly requests: RequestLog;
  readonly metrics: ServingMetrics;
  readonly server: GrpcServer;
  readonly mistakes: unknown[];
}

export interface GrpcServerStart {
  readonly engine?: ConstantEngine;
  readonly settings?: ServerChange;
  readonly host?: string;
  readonly tls?: TlsFiles;
  readonly sockets?: { readonly most: number; readonly mostOfAddress: number };
  readonly lent?: readonly { readonly name: string; readonly secret: string }[];
  readonly offer?: Offer;
  readonly maxMessageBytes?: number;
}

/** Listens until the current test has finished. */
export async function openGrpcServer(start: GrpcServerStart = {}): Promise<OpenGrpcServer> {
  const { engine = new ConstantEngine(), settings = {}, host = "127.0.0.1", lent = [] } = start;
  const { tls, sockets, offer, maxMessageBytes } = start;
  const file = await ServerFile.open(temporaryFolder(), { lent });
  await file.change(settings);
  const mistakes: unknown[] = [];
  const requests = new RequestLog(() => undefined);
  const admission = new AdmissionQueue({ engine, settings: () => file.settings() });
  const log = quietLog((error) => mistakes.push(error));
  const metrics = new ServingMetrics({
    waiting: () => admission.waiting,
    isDrawing: () => admission.isDrawing,
    isReady: async () => true,
  });
  const chosen = {
    ...(sockets && { sockets }),
    ...(offer && { offer }),
    ...(maxMessageBytes && { maxMessageBytes }),
  };
  const parts = { file, engine, admission, requests, log, metrics, ...chosen };
  const server = await GrpcServer.listen({ host, port: 0, tries: 1, ...(tls && { tls }) }, parts);
  onTestFinished(async () => {
    await server.close();
    await admission.close();
    requests.close();
  });
  const { port } = server;
  return {
    target: `127.0.0.1:${port}`,
    port,
    engine,
    file,
    admission,
    requests,
    metrics,
    server,
    mistakes,
  };
}

const FOLDER = new URL("../../assets/grpc", import.meta.url).pathname;
const READING = { keepCase: true, longs: String, oneofs: true, includeDirs: [FOLDER] };

/** A call's answer, and the status it ended with. */
export type Asked = (
  method: string,
  request?: object,
  metadata?: Readonly<Record<string, string>>,
) => Promise<Record<string, unknown>>;

/** A grpc-js client for a service, closed when the current test has finished. */
export async function grpcClient(
  target: string,
  service: string,
  options: {
    readonly files?: readonly string[];
    readonly channel?: object;
    readonly credentials?: ChannelCredentials;
  } = {},
): Promise<Client> {
  const files = options.files ?? ["inference.proto", "health.proto"];
  const loaded = loadPackageDefinition(await load([...files], READING));
  const Found = service
    .split(".")
    .reduce<unknown>((scope, name) => Reflect.get(scope as object, name), loaded) as new (
    target: string,
    credentials: object,
    options: object,
  ) => Client;
  const client = new Found(
    target,
    options.credentials ?? credentials.createInsecure(),
    options.channel ?? {},
  );
  onTestFinished(() => client.close());
  return client;
}

/** Calls methods of the inference service, with one reply each. */
export async function asker(
  target: string,
  options: {
    readonly service?: string;
    readonly files?: readonly string[];
    readonly credentials?: ChannelCredentials;
    readonly channel?: object;
  } = {},
): Promise<Asked> {
  const { service = "inference.GRPCInferenceService", ...rest } = options;
  const client = await grpcClient(target, service, rest);
  return (method, request = {}, metadata = {}) =>
    new Promise((resolve, reject) => {
      const sent = new Metadata();
      for (const [name, value] of Object.entries(metadata)) sent.set(name, value);
      const call = Reflect.get(client, method) as (
        request: object,
        metadata: Metadata,
        done: (error: Error | null, reply: Record<string, unknown>) => void,
      ) => void;
      call.call(client, request, sent, (error, reply) =>
        error === null ? resolve(reply) : reject(error),
      );
    });
}
