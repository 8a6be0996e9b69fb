import { StudioError } from "../contract/errors.ts";
import { os } from "./implementer.ts";

/** Inference endpoints on other machines. */
export function endpointProcedures() {
  const refuse = (): never => {
    throw new StudioError("NOT_FOUND", { what: "endpoint", id: "so yet" });
  };
  return {
    list: os.endpoints.list.handler(() => []),
    add: os.endpoints.add.handler(refuse),
    change: os.endpoints.change.handler(refuse),
    remove: os.endpoints.remove.handler(refuse),
    setToken: os.endpoints.setToken.handler(refuse),
    test: os.endpoints.test.handler(refuse),
    certificates: os.endpoints.certificates.handler(refuse),
  };
}
