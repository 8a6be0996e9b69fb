import { type EndpointReply, REPLY_LIMITS } from "./endpoint-reply.ts";
import { refusalOf } from "./endpoint-refusal.ts";
import { readMessage } from "../wire/framing.ts";
import { type Json, type JsonObject } from "../wire/json.ts";
import { asList, asName, asObject, isAbsent } from "../wire/members.ts";
import { asReply } from "../wire/message-fault.ts";

const MAX_MODELS = 1000;
const MAX_TENSORS = 64;

/** The names in the reply to `GET /v2/models`. Throws the ENDPOINT refusals. */
export function readModelList(reply: EndpointReply): readonly string[] {
  return readBody(reply, (message) =>
    asList(message.get("models"), MAX_MODELS, "models").map((model, i) =>
      nameOf(model, `models[${i}]`),
    ),
  );
}

/** Names of a model's inputs and outputs; both empty for the notebook's endpoint, which declares none. */
export interface DeclaredTensors {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** The tensors in the reply to `GET /v2/models/{m}`. Throws the ENDPOINT refusals. */
export function readDeclaredTensors(reply: EndpointReply): DeclaredTensors {
  return readBody(reply, (message) => ({
    inputs: namesOf(message.get("inputs"), "inputs"),
    outputs: namesOf(message.get("outputs"), "outputs"),
  }));
}

function readBody<T>(reply: EndpointReply, read: (message: JsonObject) => T): T {
  const refusal = refusalOf(reply);
  if (refusal !== undefined) throw refusal;
  return asReply(() => read(readMessage(reply.body, REPLY_LIMITS)));
}

function namesOf(tensors: Json | undefined, field: string): readonly string[] {
  if (isAbsent(tensors)) return [];
  return asList(tensors, MAX_TENSORS, field).map((tensor, i) => nameOf(tensor, `${field}[${i}]`));
}

/** A name, given directly or in an object. */
function nameOf(value: Json, field: string): string {
  return typeof value === "string"
    ? asName(value, field)
    : asName(asObject(value, field).get("name"), `${field}.name`);
}
