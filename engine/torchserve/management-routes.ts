import type { FastifyReply, FastifyRequest } from "fastify";
import { StudioError } from "../contract/errors.ts";
import type { Handler, Route } from "../serving/routes/route.ts";
import type { SharedParts } from "../serving/routes/route-parts.ts";
import { KEY_SCOPES } from "../contract/server.ts";
import { API_CALLER, type TokenFile } from "./token-file.ts";
import { parameter } from "../serving/routes/served-model.ts";
import type { Addressed, ModelManagement, Told } from "./management.ts";
import { fieldsIn, queryOf } from "./registration-fields.ts";

const scope = "management";

/** TorchServe's management API; `tokens` is absent if no keys are required. */
export function managementRoutes(
  management: ModelManagement,
  tokens: TokenFile | undefined,
  shared: SharedParts,
): readonly Route[] {
  const describe: Handler = (request) => management.describe(...addressed(request));
  const scale: Handler = async (request, reply) =>
    answer(reply, await management.scale(addressed(request), queryOf(request)));
  const remove: Handler = (request) => ({ status: management.remove(...addressed(request)) });
  const setDefault: Handler = (request) => ({
    status: management.setDefault(...addressed(request)),
  });
  const register: Handler = async (request, reply) => {
    const { bytes } = await shared.bodies.read(request);
    const fields = new Map([...fieldsIn(bytes), ...queryOf(request)]);
    return answer(reply, await management.register(fields));
  };
  return [
    {
      path: "/models",
      scope,
      GET: (request) => management.list(queryOf(request)),
      POST: register,
    },
    { path: "/models/:model", scope, GET: describe, PUT: scale, DELETE: remove },
    { path: "/models/:model/:version", scope, GET: describe, PUT: scale, DELETE: remove },
    { path: "/models/:model/:version/set-default", scope, PUT: setDefault },
    {
      path: "/v1/models/:model",
      scope,
      GET: (request) => management.isReady(...addressed(request)),
    },
    { path: "/token", scope: "open", GET: renewing(tokens, shared) },
  ];
}

function addressed({ params }: FastifyRequest): Addressed {
  const version = parameter(params, "version");
  const name = parameter(params, "model") ?? "";
  return version === undefined ? [name] : [name, version];
}

function answer(reply: FastifyReply, { status, isDone }: Told): FastifyReply {
  return reply.code(isDone ? 200 : 202).send({ status });
}

/**
 * Replaces the key for inference or management and writes the new one to the key file; the reply is empty. Only the API
 * key may do this.
 */
function renewing(tokens: TokenFile | undefined, { callerOf }: SharedParts): Handler {
  return async (request, reply) => {
    if (tokens === undefined) throw new StudioError("ADDRESS_UNKNOWN", { address: "/token" });
    if (callerOf(request).id !== API_CALLER) {
      throw new StudioError("KEY_REFUSED", { reason: "it needs the API key in key_file.json" });
    }
    const type = queryOf(request).get("type") ?? "";
    const wanted = KEY_SCOPES.find((one) => one === type);
    if (wanted === undefined) {
      const reason = `it is one of ${KEY_SCOPES.join(", ")}`;
      throw new StudioError("REQUEST_INVALID", {
        field: "type",
        value: type.slice(0, 100),
        reason,
      });
    }
    await tokens.renew(wanted);
    return reply.send("");
  };
}
