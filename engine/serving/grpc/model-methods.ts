import { LIVE } from "../../kserve/server/server-messages.ts";
import type { Methods } from "./grpc-method.ts";

/** What can be asked about the server and its models. */
export function modelMethods(): Methods {
  return {
    ServerLive: { scope: "open", unary: () => LIVE },
  };
}
