import { type EventEmitter, once } from "node:events";
import { callbackify } from "node:util";
import type {
  sendUnaryData,
  Server,
  ServerDuplexStream,
  ServerUnaryCall,
  ServerWritableStream,
  UntypedHandleCall,
} from "@grpc/grpc-js";
import type { MethodDefinition } from "@grpc/proto-loader";
import type { FastifyBaseLogger } from "fastify";
import { StudioError } from "../../contract/errors.ts";
import { REQUEST_LIMITS } from "../../kserve/server/infer-request.ts";
import { asRequest } from "../../kserve/wire/message-fault.ts";
import { checkProtobuf, type MessageShape } from "../../kserve/wire/protobuf-limits.ts";
import type { ServingMetrics } from "../metrics/serving-metrics.ts";
import { scopesOf, type ScopeOf } from "../route-scopes.ts";
import type { CallGate } from "./call-gate.ts";
import type { GrpcDefinition } from "./grpc-definition.ts";
import type { GrpcCall, Message, Method, Methods, Reply, Services } from "./grpc-method.ts";
import { type Outcome, outcomeOf } from "./grpc-status.ts";

export interface MethodParts {
  readonly definition: GrpcDefinition;
  readonly gate: CallGate;
  /** Aborts when the listener closes, with the reason for its clients. */
  readonly closing: AbortSignal;
  readonly log: FastifyBaseLogger;
  readonly metrics?: Pick<ServingMetrics, "refused"> | undefined;
}

/** Installs the methods of services, and returns the scopes that they declare. */
export function installMethods(server: Server, services: Services, parts: MethodParts): ScopeOf {
  const routes = Object.entries(services).flatMap(([service, methods]) => {
    const definitions = parts.definition.methods(service);
    server.addService(asBytes(methods, definitions), handlersOf(methods, definitions, parts));
    return Object.entries(methods).map(([name, { scope }]) => ({
      path: definitions.get(name)?.path ?? "",
      scope,
    }));
  });
  const scopeOf = scopesOf(routes);
  // Every call is a POST; an open method stays open.
  return ({ url }) => scopeOf({ method: "GET", url });
}

function whole(bytes: Buffer): Buffer {
  return bytes;
}

/**
 * Messages are transferred as bytes: grpc-js would refuse invalid ones with a code only, and we do so with a sentence.
 */
function asBytes(
  methods: Methods,
  definitions: ReadonlyMap<string, MethodDefinition<object, object>>,
) {
  const answered = [...definitions].filter(([name]) => Object.hasOwn(methods, name));
  return Object.fromEntries(
    answered.map(([name, definition]) => [
      name,
      { ...definition, requestDeserialize: whole, responseSerialize: whole },
    ]),
  );
}

function handlersOf(
  methods: Methods,
  definitions: ReadonlyMap<string, MethodDefinition<object, object>>,
  parts: MethodParts,
): Record<string, UntypedHandleCall> {
  return Object.fromEntries(
    Object.entries(methods).map(([name, method]) => {
      const definition = definitions.get(name);
      if (definition === undefined) throw new Error(`no method is called ${name}`);
      const shape = parts.definition.shapeOf(definition);
      return [name, handlerOf(method, { ...definition, shape }, parts)];
    }),
  );
}

type Definition = MethodDefinition<object, object> & { readonly shape: MessageShape };
type WireDefinition = Definition & Pick<Method, "outcome">;
type AnyCall = EventEmitter & Pick<ServerUnaryCall<Buffer, Buffer>, "metadata" | "getDeadline">;

function handlerOf(method: Method, definition: Definition, parts: MethodParts): UntypedHandleCall {
  if ("unary" in method) {
    return (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
      const wire = new Wire(call, { ...definition, ...method }, parts);
      const settle = async (): Promise<{ refusal?: Refusal; bytes?: Buffer }> => {
        try {
          return { bytes: wire.encode(await method.unary(wire.decode(call.request), wire.call)) };
        } catch (error) {
          return { refusal: wire.refused(error) };
        }
      };
      callbackify(settle)((_, { refusal = null, bytes }) => callback(refusal, bytes));
    };
  }
  return (
    call: ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>,
  ): void => {
    const wire = new Wire(call, { ...definition, ...method }, parts);
    const answer = async (): Promise<void> => {
      for await (const reply of method.stream(wire.messages(call), wire.call)) {
        const isTaken = call.write(wire.encode(reply));
        if (!isTaken) await once(call, "drain", { signal: wire.call.signal });
      }
    };
    answer().then(
      () => call.end(),
      (error: unknown) => call.emit("error", wire.refused(error)),
    );
  };
}

/** As for REST: prompts and settings are small, and anything larger is a mistake or an attack. */
const LIMITS = { fields: REQUEST_LIMITS.values, numbers: REQUEST_LIMITS.numbers, depth: 8 };

type Refusal = Outcome & Error;

/** Converts between a call's bytes and its messages. */
class Wire {
  readonly call: GrpcCall;
  readonly #definition: WireDefinition;
  readonly #parts: MethodParts;
  readonly #passed: ReturnType<CallGate["passed"]>;

  constructor(call: AnyCall, definition: WireDefinition, parts: MethodParts) {
    const gone = new AbortController();
    call.once("cancelled", () => gone.abort());
    const deadline = call.getDeadline();
    const secondsLeft = (Number(deadline) - Date.now()) / 1000;
    this.#passed = parts.gate.passed(call.metadata);
    this.call = {
      caller: this.#passed.caller,
      signal: AbortSignal.any([gone.signal, parts.closing]),
      ...(Number.isFinite(secondsLeft) && { secondsLeft: Math.max(0, secondsLeft) }),
    };
    this.#definition = definition;
    this.#parts = parts;
  }

  decode(bytes: Buffer): Message {
    asRequest(() => checkProtobuf(bytes, this.#definition.shape, LIMITS));
    return { ...readMessage(bytes, this.#definition) };
  }

  encode(reply: Reply): Buffer {
    return Buffer.isBuffer(reply) ? reply : this.#definition.responseSerialize(reply);
  }

  /** The messages of a call; one unless the method takes a stream. */
  async *messages(
    call: ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>,
  ): AsyncGenerator<Message, void> {
    if ("request" in call) yield this.decode(call.request);
    else {
      // A destroyed stream could not report why.
      const whole: AsyncIterable<Buffer> = call.iterator({ destroyOnReturn: false });
      for await (const bytes of whole) yield this.decode(bytes);
    }
  }

  refused(error: unknown): Refusal {
    const isMistake = !(error instanceof StudioError) && !this.call.signal.aborted;
    if (isMistake) this.#parts.log.error(error);
    // A client that has disconnected was not refused.
    if (!this.call.signal.aborted) this.#parts.metrics?.refused(error);
    const { outcome = outcomeOf } = this.#definition;
    return Object.assign(new Error("refused"), outcome(error));
  }
}

function readMessage(bytes: Buffer, { path, requestDeserialize }: Definition): object {
  try {
    return requestDeserialize(bytes);
  } catch (cause) {
    const reason = "its message is not what the method takes";
    throw new StudioError("REQUEST_INVALID", { field: path, value: "read", reason }, { cause });
  }
}
