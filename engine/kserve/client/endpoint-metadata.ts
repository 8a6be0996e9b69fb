import { type EndpointReply, REPLY_LIMITS } from "./endpoint-reply.ts";
import { refusalOf } from "./endpoint-refusal.ts";
import { readMessage } from "../wire/framing.ts";
import { type EncodedMessage, text } from "../wire/encoded-message.ts";
import { isList, itemsOf, lengthOf, readJson, type Json, type JsonObject } from "../wire/json.ts";
import { asList, asName, asObject, isAbsent } from "../wire/members.ts";
import { asReply } from "../wire/message-fault.ts";
import { MAX_RANK } from "../wire/shape.ts";

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

/** Asks Triton or MLServer, which have no `GET /v2/models`, for the models that are loaded. */
export const INDEX_QUESTION: EncodedMessage = {
  headers: { "content-type": "application/json" },
  ...text('{"ready":true}'),
};

/** The names in the reply to `POST /v2/repository/index`, each once. Throws the ENDPOINT refusals. */
export function readRepositoryIndex(reply: EndpointReply): readonly string[] {
  const refusal = refusalOf(reply);
  if (refusal !== undefined) throw refusal;
  return asReply(() => {
    const { value } = readJson(reply.body, REPLY_LIMITS);
    const names = asList(value, MAX_MODELS, "The index").map((model, i) => nameOf(model, `[${i}]`));
    // A model has an entry for each of its versions.
    return [...new Set(names)];
  });
}

/** Names of a model's inputs and outputs; both empty for the notebook's endpoint, which declares none. */
export interface DeclaredTensors {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The number of dimensions of each input; absent if all have one. */
  readonly ranks?: readonly number[];
}

/** Numbers of dimensions as `DeclaredTensors` has them; one that is absent or impossible counts as 1. */
export function ranksFrom(told: readonly (number | undefined)[]): Pick<DeclaredTensors, "ranks"> {
  const ranks = told.map((rank = 1) => (rank > MAX_RANK ? 1 : Math.max(1, rank)));
  return ranks.some((rank) => rank > 1) ? { ranks } : {};
}

/** The tensors in the reply to `GET /v2/models/{m}`. Throws the ENDPOINT refusals. */
export function readDeclaredTensors(reply: EndpointReply): DeclaredTensors {
  return readBody(reply, (message) => {
    const inputs = message.get("inputs");
    return {
      inputs: namesOf(inputs, "inputs"),
      outputs: namesOf(message.get("outputs"), "outputs"),
      ...ranksFrom(isList(inputs) ? itemsOf(inputs).map(rankOf) : []),
    };
  });
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

function rankOf(tensor: Json): number | undefined {
  const shape = tensor instanceof Map ? tensor.get("shape") : undefined;
  return isList(shape) ? lengthOf(shape) : undefined;
}
