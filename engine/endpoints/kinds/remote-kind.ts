import type { Order } from "../../contract/order.ts";
import type { EncodedMessage } from "../../kserve/wire/encoded-message.ts";
import type { CheckedEndpoint, Checking } from "../check-endpoint.ts";
import type { EndpointAddress } from "../endpoint-address.ts";
import type { Receiver } from "../sent-order.ts";

/** A request for a picture in an endpoint's protocol. */
export interface PictureAsk {
  /** A path of the endpoint's origin; over gRPC the method's. */
  readonly path: string;
  readonly message: EncodedMessage;
  /** The same without asking for a faster form of reply, for a server that refuses that. */
  readonly plain?: EncodedMessage;
}

/** A readiness request. */
export type Probe = Pick<PictureAsk, "path"> & Partial<Pick<PictureAsk, "message">>;

/** A protocol for requesting pictures. Replies of all kinds are read by the same reader. */
export interface RemoteKind {
  /** `order` contains only what is to be sent. */
  ask(order: Order, receiver: Receiver, at: EndpointAddress): PictureAsk;
  /** Whether it is ready, which models it has and what it takes. Never rejects because of what it finds. */
  look(checking: Checking): Promise<CheckedEndpoint>;
  /** A request whether `model` is ready, which costs the server nothing; a GET if it has no message. */
  probe(model: string, at: EndpointAddress): Probe;
}
