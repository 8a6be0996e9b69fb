import type { EndpointKind } from "../../contract/endpoints.ts";
import { StudioError } from "../../contract/errors.ts";
import { isList, type JsonObject } from "../../kserve/wire/json.ts";
import type { CheckedEndpoint, Checking, Get } from "../check-endpoint.ts";
import { messageIn, orError, stateOf } from "../look-parts.ts";

const NAMES = {
  v1: "KServe v1",
  openai: "the OpenAI images API",
  a1111: "the AUTOMATIC1111 API",
} as const satisfies Partial<Record<EndpointKind, string>>;
type OtherKind = keyof typeof NAMES;

/**
 * The result of a look with the protocol that a server without v2 speaks, if it is recognised. If a person chose v2,
 * the result says which protocol to choose instead.
 */
export async function lookOtherwise(
  found: CheckedEndpoint,
  checking: Checking,
  lookAs: (kind: OtherKind) => Promise<CheckedEndpoint>,
): Promise<CheckedEndpoint> {
  const { error } = found.check;
  const { status } = error?.details ?? {};
  if (error?.code !== "ENDPOINT_NOT_SERVED" || status !== 404) return found;
  const kind = await otherKind(checking.get);
  if (kind === undefined) return found;
  if (!checking.isKindChosen) return { ...(await lookAs(kind)), kind };
  const reason = `it speaks ${NAMES[kind]}, so choose that as its protocol`;
  const refused = new StudioError("ENDPOINT_REFUSED", { status, reason });
  return { ...found, check: { ...found.check, ...stateOf(false, refused) } };
}

/** The protocol according to the lists of models of KServe's v1 and OpenAI, or the options of A1111. */
async function otherKind(get: Get): Promise<OtherKind | undefined> {
  const models = await messageAt(get, "/v1/models");
  if (isList(models?.get("models"))) return "v1";
  if (isList(models?.get("data"))) return "openai";
  const options = await messageAt(get, "/sdapi/v1/options");
  return options?.has("sd_model_checkpoint") === true ? "a1111" : undefined;
}

async function messageAt(get: Get, path: string): Promise<JsonObject | undefined> {
  const reply = await orError(() => get(path));
  return reply instanceof StudioError || reply.status !== 200 ? undefined : messageIn(reply.body);
}
