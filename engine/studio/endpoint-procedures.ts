import { certificatesOf } from "../endpoints/certificates.ts";
import type { Endpoints } from "../endpoints/endpoints.ts";
import { os } from "./implementer.ts";

export interface EndpointProcedureParts {
  readonly endpoints: Endpoints;
}

/** Inference endpoints on other machines. */
export function endpointProcedures({ endpoints }: EndpointProcedureParts) {
  return {
    list: os.endpoints.list.handler(() => endpoints.list()),
    add: os.endpoints.add.handler(({ input }) => endpoints.add(input)),
    change: os.endpoints.change.handler(({ input }) => endpoints.change(input)),
    remove: os.endpoints.remove.handler(({ input }) => endpoints.remove(input.id)),
    setToken: os.endpoints.setToken.handler(({ input }) =>
      endpoints.setToken(input.id, input.token),
    ),
    test: os.endpoints.test.handler(({ input, signal }) => endpoints.test(input.id, signal)),
    certificates: os.endpoints.certificates.handler(({ input, signal }) =>
      certificatesOf(input.url, signal),
    ),
  };
}
