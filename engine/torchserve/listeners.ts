import { randomUUID } from "node:crypto";
import type { FastifyBaseLogger } from "fastify";
import type { AdmissionQueue } from "../serving/admission-queue.ts";
import type { GrpcServer, Offer } from "../serving/grpc/grpc-server.ts";
import { InferenceServer, type InferenceServerParts } from "../serving/inference-server.ts";
import type { Access } from "../serving/listener-gate.ts";
import { metricsRoute } from "../serving/metrics/metrics-route.ts";
import type { ServingMetrics } from "../serving/metrics/serving-metrics.ts";
import type { PictureEngine } from "../serving/picture-engine.ts";
import type { RequestLog } from "../serving/request-log.ts";
import { installRoutes, routesOf } from "../serving/routes/install-routes.ts";
import { refuse } from "../serving/routes/refuse.ts";
import type { Route } from "../serving/routes/route.ts";
import type { SharedParts } from "../serving/routes/route-parts.ts";
import { toldOrigin } from "../http/hosts.ts";
import { whyNotReady } from "../serving/routes/served-model.ts";
import { SOFTWARE } from "../contract/software.ts";
import { inferenceOffer, managementOffer } from "./grpc-services.ts";
import type { ModelManagement } from "./management.ts";
import { managementRoutes } from "./management-routes.ts";
import { type MessageLimits, predictionRoutes, wrapperRoutes } from "./prediction-routes.ts";
import { gateRefusal, NOT_KEPT, refuseAsTorchServe } from "./refusal-shape.ts";
import type { ListenAddress, StartSettings } from "./start-settings.ts";
import type { TokenFile } from "./token-file.ts";

export interface ListenerParts {
  readonly access: Access;
  readonly engine: PictureEngine;
  readonly admission: AdmissionQueue;
  readonly requests: RequestLog;
  readonly metrics: ServingMetrics;
  readonly log: FastifyBaseLogger;
  readonly management: ModelManagement;
  /** The keys, if any are required. */
  readonly tokens: TokenFile | undefined;
  readonly limits: MessageLimits;
}

/** An open address, with a name for the output at the start. */
export interface Listening {
  readonly name: string;
  readonly address: string;
  close(): Promise<void>;
}

/** Opens all configured addresses. `undo` closes them, also if a later one cannot be opened. */
export async function openListeners(
  settings: StartSettings,
  parts: ListenerParts,
  undo: AsyncDisposableStack,
): Promise<readonly Listening[]> {
  const { inference, management, metrics, kserve, kserveGrpc, grpc, grpcManagement } = settings;
  const opened: Listening[] = [];
  const open = async (name: string, opening: Promise<Omit<Listening, "name">>): Promise<void> => {
    const listening = await opening;
    undo.defer(() => listening.close());
    opened.push({ name, ...listening });
  };
  if (isSame(inference, management)) {
    await open(
      "inference and management",
      listen(inference, parts, torchServeAnswers(parts, "both")),
    );
  } else {
    await open("inference", listen(inference, parts, torchServeAnswers(parts, "inference")));
    await open("management", listen(management, parts, torchServeAnswers(parts, "management")));
  }
  if (kserve !== undefined) await open("KServe", listen(kserve, parts, wrapperAnswers(parts)));
  if (kserveGrpc !== undefined) await open("KServe, gRPC", listenGrpc(kserveGrpc, parts));
  const isOwn =
    metrics?.port === 0 ||
    ![inference, management].some((one) => metrics !== undefined && isSame(one, metrics));
  if (metrics !== undefined && isOwn) {
    await open("metrics", listen(metrics, parts, metricsAnswers(parts)));
  }
  const managed = managementOffer(parts.management);
  await open("gRPC, management", listenGrpc(grpcManagement, parts, managed));
  await open("gRPC", listenGrpc(grpc, parts, inferenceOffer(parts.limits)));
  return opened;
}

function isSame(one: ListenAddress, other: ListenAddress): boolean {
  return one.port === other.port && one.host === other.host;
}

type Answering = Pick<InferenceServerParts, "installRoutes" | "replyTo">;

async function listen(
  place: ListenAddress,
  parts: ListenerParts,
  answering: Answering,
): Promise<Omit<Listening, "name">> {
  const { access: file, engine, admission, requests, metrics, log } = parts;
  const address = { ...place, tries: 1 };
  const listening = { file, engine, admission, requests, metrics, log, ...answering };
  const server = await InferenceServer.listen(address, listening);
  return { address: toldOrigin(place.host, server.origin), close: () => server.close() };
}

async function listenGrpc(
  place: ListenAddress,
  { access: file, engine, admission, requests, metrics, log, limits }: ListenerParts,
  offer?: Offer,
): Promise<Omit<Listening, "name">> {
  const { GrpcServer } = await import("../serving/grpc/grpc-server.ts");
  const serving = { file, engine, admission, requests, metrics, log };
  const maxMessageBytes = limits.maxRequestBytes;
  const parts = { ...serving, maxMessageBytes, ...(offer && { offer }) };
  const server: GrpcServer = await GrpcServer.listen({ ...place, tries: 1 }, parts);
  return { address: server.target, close: () => server.close() };
}

/** TorchServe's routes; for inference, also those of the inference protocols, unless TorchServe has the same. */
function torchServeAnswers(
  { management, tokens, limits }: ListenerParts,
  kind: "inference" | "management" | "both",
): Answering {
  const routes = (shared: SharedParts): readonly Route[] => {
    const own = [
      ...(kind === "management" ? [] : predictionRoutes(shared, limits)),
      ...(kind === "inference" ? [] : managementRoutes(management, tokens, shared)),
    ];
    const beside = kind === "management" ? [] : routesOf(shared).filter(({ path }) => path !== "/");
    const all = merged([...beside, ...own, pingRoute(shared)]);
    return merged([...all, ...descriptionRoutes(() => all)]);
  };
  return {
    installRoutes: (app, shared) => {
      app.addHook("onSend", async (_, reply) => {
        void reply.headers({ "x-request-id": randomUUID(), ...NOT_KEPT });
      });
      const table = installRoutes(app, shared, { routes, refuse: refuseAsTorchServe });
      // No prepared replies to probes: every reply has its own request ID.
      return { ...table, probes: new Map() };
    },
    replyTo: gateRefusal,
  };
}

/** The routes of KServe's wrapper: the inference protocols, with replies as the KServe example's notebook expects. */
function wrapperAnswers({ limits }: ListenerParts): Answering {
  const routes = (shared: SharedParts): readonly Route[] =>
    merged([...routesOf(shared), ...wrapperRoutes(shared, limits)]);
  return { installRoutes: (app, shared) => installRoutes(app, shared, { routes, refuse }) };
}

/** The route for Prometheus, which needs no key, as in TorchServe. */
function metricsAnswers({ metrics }: ListenerParts): Answering {
  const routes = (): readonly Route[] => [metricsRoute(metrics, { isOpen: true })];
  return {
    installRoutes: (app, shared) =>
      installRoutes(app, shared, { routes, refuse: refuseAsTorchServe }),
    replyTo: gateRefusal,
  };
}

/** One route per path; if two have the same path, the later one's methods take precedence. */
function merged(routes: readonly Route[]): readonly Route[] {
  const byPath = new Map<string, Route>();
  for (const route of routes) byPath.set(route.path, { ...byPath.get(route.path), ...route });
  return [...byPath.values()];
}

function pingRoute({ engine }: SharedParts): Route {
  return {
    path: "/ping",
    scope: "open",
    GET: async (_, reply) => {
      const isHealthy = whyNotReady(await engine.models()) === undefined;
      return reply
        .code(isHealthy ? 200 : 500)
        .send({ status: isHealthy ? "Healthy" : "Unhealthy" });
    },
  };
}

/** The OpenAPI document of an address, which TorchServe returns for `OPTIONS /` and `GET /api-description`. */
function descriptionRoutes(routes: () => readonly Route[]): readonly Route[] {
  const describe = (): object => ({
    openapi: "3.0.1",
    info: {
      title: "TorchServe APIs",
      description: `Answered by ${SOFTWARE.software} ${SOFTWARE.version}`,
      version: "0.12.0",
    },
    paths: Object.fromEntries(
      routes().map((route) => [openApiPath(route.path), operations(route)]),
    ),
  });
  return [
    { path: "/", scope: "open", GET: () => ({ status: "alive" }), OPTIONS: describe },
    { path: "/api-description", scope: "open", GET: describe },
  ];
}

function openApiPath(path: string): string {
  return path.replaceAll(/:(\w+)/g, "{$1}");
}

function operations(route: Route): object {
  const parameters = [...route.path.matchAll(/:(\w+)/g)].map(([, name = ""]) => {
    return { name, in: "path", required: true, schema: { type: "string" } };
  });
  const methods = (["GET", "POST", "PUT", "DELETE"] as const).filter(
    (method) => route[method] !== undefined,
  );
  const operation = {
    parameters,
    responses: { default: { description: "See the inference and management APIs" } },
  };
  return Object.fromEntries(methods.map((method) => [method.toLowerCase(), operation]));
}
