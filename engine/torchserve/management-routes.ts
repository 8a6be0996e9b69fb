import type { FastifyRequest } from "fastify";
import { StudioError } from "../contract/errors.ts";
import type { Handler, Route } from "../serving/routes/route.ts";
import type { SharedParts } from "../serving/routes/route-parts.ts";
import { KEY_SCOPES } from "../contract/server.ts";
import { API_CALLER, type TokenFile } from "./token-file.ts";
import type { ModelName } from "../serving/picture-engine.ts";
import { nameOf, parameter } from "../serving/routes/served-model.ts";
import type { ModelTable, TableEntry } from "./model-table.ts";
import {
  type Fields,
  fieldsIn,
  isTrue,
  number,
  queryOf,
  registrationOf,
} from "./registration-fields.ts";

export interface ManagementParts {
  readonly table: ModelTable;
  readonly modelStore: string;
  /** Whether models may be registered and removed: enable_model_api. */
  readonly isModelApiOn: boolean;
  readonly responseSeconds: number;
  /** How many more requests may wait, and how many do. */
  readonly waiting: () => { readonly left: number; readonly count: number };
  /** The device that draws; undefined before devices were tried. */
  readonly device: () => string | undefined;
  /** The keys, where there are any. */
  readonly tokens: TokenFile | undefined;
  /** Where loading that nobody waits for is told of. */
  readonly logError: (error: unknown, doing: string) => void;
}

const scope = "management";

/** TorchServe's management API. */
export function managementRoutes(parts: ManagementParts, shared: SharedParts): readonly Route[] {
  const { table } = parts;
  const describe = describing(parts, shared);
  const scale = scaling(parts);
  const remove: Handler = (request) => {
    refuseWhereOff(parts);
    const { name } = table.remove(...addressed(request));
    return { status: `Model "${name}" unregistered` };
  };
  const setDefault: Handler = (request) => {
    const [entry] = table.find(...addressed(request));
    table.setDefault(entry);
    const { name, version } = entry;
    return { status: `Default version successfully updated for model "${name}" to "${version}"` };
  };
  const ready: Handler = async (request) => {
    const [entry] = table.find(...addressed(request));
    return { name: entry.name, ready: (await drawing(shared)).has(entryName(entry)) };
  };
  return [
    {
      path: "/models",
      scope,
      GET: (request) => listed(table, queryOf(request)),
      POST: registering(parts, shared),
    },
    { path: "/models/:model", scope, GET: describe, PUT: scale, DELETE: remove },
    { path: "/models/:model/:version", scope, GET: describe, PUT: scale, DELETE: remove },
    { path: "/models/:model/:version/set-default", scope, PUT: setDefault },
    { path: "/v1/models/:model", scope, GET: ready },
    { path: "/token", scope: "open", GET: renewing(parts, shared) },
  ];
}

function addressed({ params }: FastifyRequest): [name: string, version?: string] {
  const version = parameter(params, "version");
  const name = parameter(params, "model") ?? "";
  return version === undefined ? [name] : [name, version];
}

function listed(table: ModelTable, query: Fields): object {
  const names = [...new Map(table.list().map((entry) => [entry.name, entry])).values()];
  const from = number(query, "next_page_token", 0);
  const until = from + Math.min(1000, Math.max(1, number(query, "limit", 100)));
  const models = names
    .slice(from, until)
    .map(({ name, url }) => ({ modelName: name, modelUrl: url }));
  return { models, ...(until < names.length && { nextPageToken: String(until) }) };
}

/** A model's default version, the one that is named, or all of them. */
function describing(parts: ManagementParts, shared: SharedParts): Handler {
  return async (request) => {
    const [name, version] = addressed(request);
    const entries = parts.table.find(name, version === "all" ? undefined : version);
    const shown = version === undefined ? entries.slice(0, 1) : entries;
    const drawn = await drawing(shared);
    return shown.map((entry) => described(entry, parts, drawn.has(entryName(entry))));
  };
}

/** Names and versions of the models whose next picture would be drawn. */
async function drawing({ engine }: SharedParts): Promise<ReadonlySet<string>> {
  const models = await engine.models();
  const drawn = models.filter(({ state, trouble }) => state === "ready" && trouble === undefined);
  return new Set(drawn.map((model) => entryName(nameOf(model))));
}

function entryName({ name, version }: ModelName): string {
  return `${name}/${version}`;
}

/** Workers are one here, or none: `min_worker=0` takes a model out of memory, anything else loads it. */
function scaling({ table, logError }: ManagementParts): Handler {
  return async (request, reply) => {
    const [entry] = table.find(...addressed(request));
    const query = queryOf(request);
    const least = number(query, "min_worker", 1);
    table.setWorkers(
      entry,
      least,
      Math.max(least, number(query, "max_worker", Math.max(least, 1))),
    );
    const told = `Workers scaled to ${least} for model: ${entry.name}`;
    if (least === 0) {
      table.unload(entry);
      return { status: told };
    }
    const loading = table.load(entry);
    if (isTrue(query, "synchronous")) {
      await loading;
      return { status: told };
    }
    loading.catch((error: unknown) => logError(error, `Loading ${entry.name}`));
    return reply.code(202).send({ status: "Processing worker updates..." });
  };
}

function registering(parts: ManagementParts, { bodies }: SharedParts): Handler {
  const { table, logError } = parts;
  return async (request, reply) => {
    refuseWhereOff(parts);
    const { bytes } = await bodies.read(request);
    const query = new Map([...fieldsIn(bytes), ...queryOf(request)]);
    const registration = await registrationOf(query, parts);
    table.add(registration);
    const { name, version, minWorkers } = registration;
    const told = `Model "${name}" Version: ${version} registered with ${minWorkers} initial workers`;
    if (minWorkers === 0) {
      return { status: `${told}. Use scale workers API to add workers for the model.` };
    }
    const loading = table.load(registration);
    if (isTrue(query, "synchronous")) {
      await loading.catch((error: unknown) => {
        table.remove(name, version);
        throw error;
      });
      return { status: told };
    }
    loading.catch((error: unknown) => logError(error, `Loading ${name}`));
    return reply.code(202).send({ status: "Processing worker updates..." });
  };
}

/** Makes a new key for inference or management, for who has the one that makes others. The file has it; the reply is empty. */
function renewing({ tokens }: ManagementParts, { callerOf }: SharedParts): Handler {
  return async (request, reply) => {
    if (tokens === undefined) throw new StudioError("NOT_FOUND", { what: "address", id: "/token" });
    if (callerOf(request).id !== API_CALLER) {
      throw new StudioError("KEY_REFUSED", { reason: "it takes the API key of key_file.json" });
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

function refuseWhereOff({ isModelApiOn }: ManagementParts): void {
  if (isModelApiOn) return;
  throw new StudioError("METHOD_REFUSED", {
    address: "/models without --enable-model-api",
    method: "Changing models",
    allowed: "GET or PUT",
  });
}

function described(
  entry: TableEntry,
  { waiting, device }: ManagementParts,
  isReady: boolean,
): object {
  const { name, version, url, state, minWorkers, maxWorkers, batchSize, maxBatchDelay } = entry;
  const { responseTimeout, isLoadedAtStart, since } = entry;
  const { left, count } = waiting();
  const isGpu = (device() ?? "cpu") !== "cpu";
  const worker = {
    id: "9000",
    startTime: since,
    status: isReady ? "READY" : "UNLOADING",
    memoryUsage: 0,
    pid: process.pid,
    gpu: isGpu,
    gpuUsage: "N/A",
  };
  return {
    modelName: name,
    modelVersion: version,
    modelUrl: url,
    runtime: "python",
    minWorkers,
    maxWorkers,
    batchSize,
    maxBatchDelay,
    responseTimeout,
    startupTimeout: 120,
    maxRetryTimeoutInSec: 300,
    clientTimeoutInMills: 0,
    parallelType: "",
    parallelLevel: 0,
    deviceType: isGpu ? "gpu" : "cpu",
    continuousBatching: false,
    useJobTicket: false,
    useVenv: false,
    stateful: false,
    sequenceMaxIdleMSec: 0,
    sequenceTimeoutMSec: 0,
    maxNumSequence: 0,
    maxSequenceJobQueueSize: 0,
    loadedAtStartup: isLoadedAtStart,
    workers: state === "ready" || state === "loading" ? [worker] : [],
    jobQueueStatus: { remainingCapacity: left, pendingRequests: count },
  };
}
