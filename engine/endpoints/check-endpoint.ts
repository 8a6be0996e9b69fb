import { checkTorchserve } from "./check-torchserve.ts";
import type { EndpointCheck, EndpointKind } from "../contract/endpoints.ts";
import { StudioError } from "../contract/errors.ts";
import {
  INDEX_QUESTION,
  readDeclaredTensors,
  readModelList,
  readRepositoryIndex,
  type DeclaredTensors,
} from "../kserve/client/endpoint-metadata.ts";
import type { EndpointReply } from "../kserve/client/endpoint-reply.ts";
import { refusalOf } from "../kserve/client/endpoint-refusal.ts";
import type { EncodedMessage } from "../kserve/wire/encoded-message.ts";
import { isList, itemsOf } from "../kserve/wire/json.ts";
import { messageIn, orError, stateOf } from "./look-parts.ts";
import { saysNo } from "./start-signs.ts";

/** A GET of a path below the endpoint's base, or a call with a message; rejects with the ENDPOINT refusals. */
export type Get = (path: string, message?: EncodedMessage) => Promise<EndpointReply>;

export interface Checking {
  readonly get: Get;
  /** The path of the model for pictures, by its name. */
  readonly modelPath: (model: string) => string;
  /** The model; undefined to use the only one that is listed. */
  readonly model: string | undefined;
  /** The model if nothing else is known: the notebook's. */
  readonly otherwise: string;
  /** Whether a person chose the protocol; otherwise a look may find another. */
  readonly isKindChosen: boolean;
  readonly now: () => Date;
}

/** The result of a look, and the model it was about. */
export interface CheckedEndpoint {
  readonly check: EndpointCheck;
  readonly model: string;
  /** How the model's metadata was read; absent if nothing asked for it alone. */
  readonly metadata?: MetadataReply | undefined;
  /** The protocol that it speaks, if it turned out to be another than was asked. */
  readonly kind?: EndpointKind | undefined;
}

export interface MetadataReply {
  readonly ms: number;
  /** Why it could not be read; absent if the server has none. */
  readonly problem?: StudioError | undefined;
}

/** Asks whether an endpoint is ready, what it is, and what its model takes. Never rejects because of what it finds. */
export async function checkEndpoint(checking: Checking): Promise<CheckedEndpoint> {
  const { get, now, otherwise } = checking;
  const at = now().toISOString();
  const from = performance.now();
  const ready = await orError(() => get("/v2/health/ready"));
  const ms = Math.round(performance.now() - from);
  const nothing = { at, ms, models: [], inputs: [] };
  const model = checking.model ?? otherwise;
  if (ready instanceof StudioError) {
    const isBusy = ready.code === "ENDPOINT_BUSY";
    return { check: { ...nothing, ...stateOf(isBusy, ready) }, model };
  }
  const refusal = refusalOf(ready);
  if (refusal?.code === "ENDPOINT_NOT_SERVED" && ready.status === 404) {
    const found = await checkTorchserve(checking, { at, ms });
    if (found !== undefined) return found;
  }
  if (refusal !== undefined) {
    const isServed = refusal.code !== "ENDPOINT_NOT_SERVED";
    const isNotReady = (ready.status === 503 && isServed) || refusal.code === "ENDPOINT_BUSY";
    return { check: { ...nothing, ...stateOf(isNotReady, refusal) }, model };
  }
  return describe(checking, { at, ms, isReady: !saysNo(ready.body) });
}

interface Readiness {
  readonly at: string;
  readonly ms: number;
  readonly isReady: boolean;
}

/** What a responding endpoint is, which models it lists, and what the chosen one declares. */
async function describe(
  { get, modelPath, model: chosen, otherwise }: Checking,
  { at, ms, isReady }: Readiness,
): Promise<CheckedEndpoint> {
  const server = await orError(async () => readServer(await get("/v2")));
  const listed = await orError(() => listModels(get));
  const models = listed instanceof StudioError ? [] : [...listed];
  const [only] = models;
  const model = chosen ?? (models.length === 1 && only !== undefined ? only : otherwise);
  const from = performance.now();
  const tensors = await orError(async () => readDeclaredTensors(await get(modelPath(model))));
  const metadata = { ms: performance.now() - from, problem: problemOf(tensors) };
  const unknown = faultOf(tensors);
  const isAsked = isReady && unknown === undefined;
  const unready = isAsked ? await unreadiness(get, modelPath(model), model) : undefined;
  const check: EndpointCheck = {
    at,
    ms,
    state: isReady ? "ready" : "not-ready",
    ...(server instanceof StudioError ? {} : server),
    models,
    ...inputsIn(tensors),
    ...(unready !== undefined && stateOf(true, unready)),
    ...(unknown !== undefined && stateOf(false, unknown)),
  };
  return { check, model, metadata };
}

/** Replies of servers without such a route: the health check is then all there is. */
const NO_ROUTE: ReadonlySet<number> = new Set([404, 405]);

/** The names of its models, from the protocol's list or from Triton's index. */
async function listModels(get: Get): Promise<readonly string[]> {
  const list = await get("/v2/models");
  // Triton's earlier versions answer 400 to an unknown path.
  if (!NO_ROUTE.has(list.status) && list.status !== 400) return readModelList(list);
  return readRepositoryIndex(await get("/v2/repository/index", INDEX_QUESTION));
}

/** The declared inputs as a check has them; none if the model's metadata could not be read. */
export function inputsIn(
  tensors: DeclaredTensors | StudioError,
): Pick<EndpointCheck, "inputs" | "ranks"> {
  if (tensors instanceof StudioError) return { inputs: [] };
  const { inputs, ranks } = tensors;
  return { inputs: [...inputs], ...(ranks && { ranks: [...ranks] }) };
}

/** Why a model is not ready on a ready server; undefined if it is, or if the server does not say. */
async function unreadiness(
  get: Get,
  path: string,
  model: string,
): Promise<StudioError | undefined> {
  const reply = await orError(() => get(`${path}/ready`));
  if (reply instanceof StudioError) return reply;
  const { status, body } = reply;
  if (NO_ROUTE.has(status)) return undefined;
  const refusal = refusalOf(reply);
  if (refusal !== undefined || !saysNo(body)) return refusal;
  return new StudioError("ENDPOINT_BUSY", { status, reason: `its model ${model} is not ready` });
}

/** Not every server describes its models; the refusal matters only if it is about the model's name or our access. */
function faultOf(tensors: DeclaredTensors | StudioError): StudioError | undefined {
  if (!(tensors instanceof StudioError)) return undefined;
  const isFault = ["ENDPOINT_MODEL_UNKNOWN", "ENDPOINT_TOKEN_REFUSED"].includes(tensors.code);
  return isFault ? tensors : undefined;
}

function problemOf(tensors: DeclaredTensors | StudioError): StudioError | undefined {
  if (!(tensors instanceof StudioError)) return undefined;
  return NO_ROUTE.has(Number(tensors.details["status"])) ? undefined : tensors;
}

/** Maximum length of a server's name that is shown. */
const MAX_NAME = 100;

/** What a server says about itself: its name and version, and whether it lists Triton's extension for binary tensors. */
function readServer({ status, body }: EndpointReply): Pick<EndpointCheck, "server" | "isBinary"> {
  const message = status === 200 ? messageIn(body) : undefined;
  const extensions = message?.get("extensions");
  const isBinary = isList(extensions) && itemsOf(extensions).includes("binary_tensor_data");
  const words = ["name", "version"].flatMap((key) => {
    const value = message?.get(key);
    return typeof value === "string" && value.trim() !== "" ? [value.trim()] : [];
  });
  const server = words.join(" ").slice(0, MAX_NAME).toWellFormed();
  return { ...(server !== "" && { server }), ...(isBinary && { isBinary }) };
}
