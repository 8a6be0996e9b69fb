import type { EndpointCheck } from "../contract/endpoints.ts";
import { StudioError } from "../contract/errors.ts";
import { readModelList } from "../kserve/client/endpoint-metadata.ts";
import { REPLY_LIMITS, type EndpointReply } from "../kserve/client/endpoint-reply.ts";
import { refusalOf } from "../kserve/client/endpoint-refusal.ts";
import { isList, itemsOf, readJson, type JsonObject } from "../kserve/wire/json.ts";
import { MessageFault } from "../kserve/wire/message-fault.ts";
import { messageIn, orError, stateOf } from "./look-parts.ts";

interface Asking {
  readonly get: (path: string) => Promise<EndpointReply>;
  readonly model: string | undefined;
  readonly otherwise: string;
}

/**
 * Looks at TorchServe without a wrapper, which draws at v2's infer address but has no other v2 addresses: `/ping`
 * identifies it, `/models` lists its models (if its management API has the same address), and a model is ready when one
 * of its workers is. Undefined if it is another server.
 */
export async function checkTorchserve(
  { get, model: chosen, otherwise }: Asking,
  { at, ms }: { readonly at: string; readonly ms: number },
): Promise<{ readonly check: EndpointCheck; readonly model: string } | undefined> {
  const ping = await orError(() => get("/ping"));
  if (ping instanceof StudioError) return undefined;
  const health = messageIn(ping.body)?.get("status");
  if (typeof health !== "string" || !/^(?:Healthy|Partial Healthy|Unhealthy)$/.test(health)) {
    return undefined;
  }
  const listed = await orError(async () => namesOf(await get("/models")));
  const models = listed instanceof StudioError ? [] : [...listed];
  const [only] = models;
  const model = chosen ?? (models.length === 1 && only !== undefined ? only : otherwise);
  const unready = await orError(() => unreadiness(get, model));
  const isUnknown = unready?.code === "ENDPOINT_MODEL_UNKNOWN";
  const check = { at, ms, server: "TorchServe", models, inputs: [] };
  const state = unready === undefined ? { state: "ready" as const } : stateOf(!isUnknown, unready);
  return { check: { ...check, ...state }, model };
}

/** The names in `/models`, a list of objects with `modelName`. */
function namesOf(reply: EndpointReply): readonly string[] {
  const listed = messageIn(reply.body)?.get("models");
  if (!isList(listed)) return readModelList(reply);
  return itemsOf(listed).flatMap((entry) => {
    const name = entry instanceof Map ? entry.get("modelName") : undefined;
    return typeof name === "string" && name.trim() !== "" ? [name.slice(0, MAX_NAME)] : [];
  });
}

/** Maximum length of a model's name. */
const MAX_NAME = 300;

/** Why a model cannot draw now; undefined if it can, or if the management API has another address. */
async function unreadiness(get: Asking["get"], model: string): Promise<StudioError | undefined> {
  const reply = await get(`/models/${encodeURIComponent(model)}`);
  const refusal = refusalOf(reply);
  if (refusal?.code === "ENDPOINT_MODEL_UNKNOWN") return refusal;
  const [description] = descriptionsIn(reply);
  const workers = description?.get("workers");
  if (!isList(workers)) return undefined;
  const states = itemsOf(workers).map((worker) =>
    worker instanceof Map ? worker.get("status") : undefined,
  );
  if (states.includes("READY")) return undefined;
  const reason = `its model ${model} has no worker that is ready`;
  return new StudioError("ENDPOINT_BUSY", { status: reply.status, reason });
}

/** A model's description: a list with one entry per version. */
function descriptionsIn({ body }: EndpointReply): readonly JsonObject[] {
  try {
    const { value } = readJson(body, REPLY_LIMITS);
    return isList(value) ? itemsOf(value).filter((entry) => entry instanceof Map) : [];
  } catch (error) {
    if (error instanceof MessageFault) return [];
    throw error;
  }
}
