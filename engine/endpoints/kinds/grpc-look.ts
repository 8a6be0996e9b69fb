import type { EndpointCheck } from "../../contract/endpoints.ts";
import { StudioError } from "../../contract/errors.ts";
import type { EndpointReply } from "../../kserve/client/endpoint-reply.ts";
import { refusalOf } from "../../kserve/client/endpoint-refusal.ts";
import {
  GRPC_PATHS,
  grpcQuestion,
  readGrpcReady,
  readGrpcServer,
  readGrpcTensors,
} from "../../kserve/client/grpc-messages.ts";
import { asReply } from "../../kserve/wire/message-fault.ts";
import { type CheckedEndpoint, type Checking, inputsIn } from "../check-endpoint.ts";
import { orError, stateOf } from "../look-parts.ts";

/** Looks at an endpoint over gRPC, which has no list of models: asks for the known one. */
export async function lookOverGrpc(checking: Checking): Promise<CheckedEndpoint> {
  const { get, now } = checking;
  const model = checking.model ?? checking.otherwise;
  const at = now().toISOString();
  const from = performance.now();
  const ask = async <T>(path: string, read: (body: Uint8Array) => T, name?: string) => {
    const reply = await get(path, grpcQuestion(name));
    return asReply(() => read(checked(reply)));
  };
  const ready = await orError(() => ask(GRPC_PATHS.ready, readGrpcReady));
  const ms = Math.round(performance.now() - from);
  const nothing = { at, ms, models: [], inputs: [] };
  if (ready instanceof StudioError) return { check: { ...nothing, ...refusalState(ready) }, model };
  const server = await orError(() => ask(GRPC_PATHS.server, readGrpcServer));
  const tensors = await orError(() => ask(GRPC_PATHS.model, readGrpcTensors, model));
  const isReady = await orError(() => ask(GRPC_PATHS.modelReady, readGrpcReady, model));
  const check: EndpointCheck = {
    at,
    ms,
    state: ready && isReady === true ? "ready" : "not-ready",
    ...(typeof server === "string" && server.trim() !== "" && { server: server.slice(0, 100) }),
    models: tensors instanceof StudioError ? [] : [model],
    ...inputsIn(tensors),
    ...(isReady instanceof StudioError && refusalState(isReady)),
    ...(tensors instanceof StudioError && refusalState(tensors)),
  };
  return { check, model };
}

function checked(reply: EndpointReply): Uint8Array {
  if (reply.status === 200) return reply.body;
  throw (
    refusalOf(reply) ?? new StudioError("ENDPOINT_REPLY_INVALID", { reason: "it says nothing" })
  );
}

function refusalState(error: StudioError): Pick<EndpointCheck, "state" | "error"> {
  return stateOf(error.code === "ENDPOINT_BUSY", error);
}
