import type { RouteScope } from "../route-scopes.ts";
import type { Caller } from "../caller.ts";
import type { Outcome } from "./grpc-status.ts";

/** A call, as its method sees it. */
export interface GrpcCall {
  readonly caller: Caller;
  /** Seconds until its deadline; absent if it has none. */
  readonly secondsLeft?: number;
  /** Aborts when the client cancels, disconnects or passes its deadline. */
  readonly signal: AbortSignal;
}

/** Messages as proto-loader reads them; a message that consists of bytes is sent unchanged. */
export type Message = Readonly<Record<string, unknown>>;
export type Reply = object;

/** A text member; "" if absent. */
export function textIn(message: Message, member: string): string {
  const value = message[member];
  return typeof value === "string" ? value : "";
}

/** The implementation of a method and the scope it needs. Throws refusals. */
export type Method = {
  readonly scope: RouteScope;
  /** How a refusal is reported, if the protocol has its own form. */
  readonly outcome?: (error: unknown) => Outcome;
} & (
  | { readonly unary: (request: Message, call: GrpcCall) => Reply | Promise<Reply> }
  | { readonly stream: (requests: AsyncIterable<Message>, call: GrpcCall) => AsyncIterable<Reply> }
);

/** Methods by name. */
export type Methods = Readonly<Record<string, Method>>;

/** Services by full name. */
export type Services = Readonly<Record<string, Methods>>;
