import type { RouteScope } from "../route-scopes.ts";
import type { Caller } from "../caller.ts";
import type { Outcome } from "./grpc-status.ts";

/** One call, as its method needs it. */
export interface GrpcCall {
  readonly caller: Caller;
  /** Seconds that its deadline leaves it; absent where it has none. */
  readonly secondsLeft?: number;
  /** Fires when the client has cancelled, gone, or passed its deadline. */
  readonly signal: AbortSignal;
}

/** Messages as proto-loader reads them; a message that is bytes already is sent as they are. */
export type Message = Readonly<Record<string, unknown>>;
export type Reply = object;

/** A member that is a text, "" where it is absent. */
export function textIn(message: Message, member: string): string {
  const value = message[member];
  return typeof value === "string" ? value : "";
}

/** What answers a method, and whom. Throws what is to be refused. */
export type Method = {
  readonly scope: RouteScope;
  /** How a refusal is told, where its protocol has a form of its own. */
  readonly outcome?: (error: unknown) => Outcome;
} & (
  | { readonly unary: (request: Message, call: GrpcCall) => Reply | Promise<Reply> }
  | { readonly stream: (requests: AsyncIterable<Message>, call: GrpcCall) => AsyncIterable<Reply> }
);

/** Methods by their names. */
export type Methods = Readonly<Record<string, Method>>;

/** Services by their whole names. */
export type Services = Readonly<Record<string, Methods>>;
