import type { Order } from "../../contract/order.ts";
import type { EncodedMessage } from "../../kserve/wire/encoded-message.ts";
import type { CheckedEndpoint, Checking } from "../check-endpoint.ts";
import type { EndpointAddress } from "../endpoint-address.ts";
import type { Receiver } from "../sent-order.ts";

/** A request for a picture, as it goes to an endpoint. */
export interface PictureAsk {
  /** Of the endpoint's origin; over gRPC the method's. */
  readonly path: string;
  readonly message: EncodedMessage;
}

/** A question of readiness. */
export type Probe = Pick<PictureAsk, "path"> & Partial<Pick<PictureAsk, "message">>;

/** One way to be asked for pictures. What any of them replies is read by the same reader. */
export interface RemoteKind {
  /** `order` holds nothing but what is sent. */
  ask(order: Order, receiver: Receiver, at: EndpointAddress): PictureAsk;
  /** Whether it is ready, which models it has and what it takes. Never rejects for what it finds. */
  look(checking: Checking): Promise<CheckedEndpoint>;
  /** The question whether `model` is ready, which costs the server nothing; a GET where it has no message. */
  probe(model: string, at: EndpointAddress): Probe;
}
