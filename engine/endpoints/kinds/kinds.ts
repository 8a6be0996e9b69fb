import { randomUUID } from "node:crypto";
import type { EndpointKind } from "../../contract/endpoints.ts";
import {
  GRPC_PATHS,
  grpcQuestion,
  grpcRequest,
  INFER_PATH,
} from "../../kserve/client/grpc-messages.ts";
import { checkEndpoint } from "../check-endpoint.ts";
import { encodeBinaryOrder, encodeOrder, requestFor } from "../encode-order.ts";
import { readModelList } from "../../kserve/client/endpoint-metadata.ts";
import { type EndpointAddress, modelPath } from "../endpoint-address.ts";
import { type Connection, EndpointClient, type Timing } from "../endpoint-client.ts";
import type { Order } from "../../contract/order.ts";
import type { Receiver } from "../sent-order.ts";
import { jsonMessage, jsonObject, lookAtList, settingsByInput } from "./json-settings.ts";
import { A1111 } from "./a1111.ts";
import { lookOverGrpc } from "./grpc-look.ts";
import { OPENAI } from "./openai.ts";
import { lookOtherwise } from "./other-kind.ts";
import type { PictureAsk, RemoteKind } from "./remote-kind.ts";

/** The Open Inference Protocol over REST. */
const V2: RemoteKind = {
  ask: (order, receiver, at) => {
    const path = `${modelPath(at, order.model)}/infer`;
    const plain = encodeOrder(randomUUID(), order, receiver);
    if (receiver.check?.isBinary !== true) return { path, message: plain };
    return { path, message: encodeBinaryOrder(randomUUID(), order, receiver), plain };
  },
  look: async (checking) =>
    lookOtherwise(await checkEndpoint(checking), checking, (kind) => KINDS[kind].look(checking)),
  probe: (model, at) => ({ path: `${modelPath(at, model)}/ready` }),
};

/** The same over gRPC. */
const GRPC: RemoteKind = {
  ask: (order, receiver, { version }) => ({
    path: INFER_PATH,
    message: grpcRequest(requestFor(randomUUID(), order, receiver), order.model, version),
  }),
  look: lookOverGrpc,
  probe: (model) => ({ path: GRPC_PATHS.modelReady, message: grpcQuestion(model) }),
};

/** KServe's protocol v1: instances in, predictions out. It declares nothing, so a person decides what is sent. */
const V1: RemoteKind = {
  ask: askV1,
  look: (checking) =>
    lookAtList(checking, "/v1/models", (reply) => ({ models: readModelList(reply), inputs: [] })),
  probe: (model, { basePath }) => ({
    path: `${basePath}/v1/models/${encodeURIComponent(model)}`,
  }),
};

function askV1(order: Order, { profile }: Receiver, { basePath }: EndpointAddress): PictureAsk {
  const settings = profile === "prompt" ? {} : settingsByInput(order);
  const instance = jsonObject({ prompt: order.prompt, ...settings });
  return {
    path: `${basePath}/v1/models/${encodeURIComponent(order.model)}:predict`,
    message: jsonMessage(`{"instances":[${instance}]}`),
  };
}

const KINDS: Readonly<Record<EndpointKind, RemoteKind>> = {
  v2: V2,
  v1: V1,
  grpc: GRPC,
  openai: OPENAI,
  a1111: A1111,
};

export function kindOf(kind: EndpointKind): RemoteKind {
  return KINDS[kind];
}

/** A client for an endpoint of any kind. */
export type AskingClient = Pick<EndpointClient, "ask" | "close"> &
  Partial<Pick<EndpointClient, "certificate">>;

/** A client for one endpoint, which the caller closes. */
export async function clientFor(
  kind: EndpointKind,
  connection: Connection,
  timing: Timing,
): Promise<AskingClient> {
  if (kind !== "grpc") return new EndpointClient(connection, timing);
  // The library takes a moment to load, and few endpoints use gRPC.
  const { GrpcClient } = await import("./grpc-client.ts");
  return new GrpcClient(connection, timing);
}
