import type { FastifyRequest } from "fastify";
import { toWire } from "../../contract/errors.ts";
import { PRESETS } from "../../contract/presets.ts";
import { SOFTWARE } from "../../contract/software.ts";
import {
  LIVE,
  type ModelMetadata,
  modelList,
  modelMetadata,
  modelReady,
  serverMetadata,
  serverReady,
} from "../../kserve/server/server-messages.ts";
import { ModelTallies } from "../model-tallies.ts";
import type { KnownModel } from "../picture-engine.ts";
import type { Probe, ProbeReply } from "../probes.ts";
import { openaiModel, openaiModels } from "../openai/openai-models.ts";
import { openapiOf } from "./openapi.ts";
import { predictRoute, VERB } from "./predict-route.ts";
import { type Handler, probeRoute, protocolsOn, type Route } from "./route.ts";
import type { SharedParts } from "./route-parts.ts";
import {
  addressOf,
  answeringNames,
  knownModel,
  type ModelAddress,
  readyModel,
  versionOf,
  type NotReady,
  notServed,
  whyNotReady,
} from "./served-model.ts";

/** Questions about the server and its models, in both protocols. */
export function modelRoutes(parts: SharedParts): readonly Route[] {
  const { engine, settings } = parts;
  const names = async () => modelList(answeringNames(await engine.models()));
  const metadata: Handler = (request) => describeModel(engine, addressOf(request));
  const ready = async (request: FastifyRequest) => {
    await readyModel(engine, addressOf(request));
    return modelReady(addressOf(request).name, true);
  };
  const { software, version } = SOFTWARE;
  return [
    { path: "/", scope: "open", GET: () => ({ status: "alive" }) },
    probeRoute("/v2/health/live", () => ALIVE),
    probeRoute("/v2/health/ready", readiness(engine)),
    { path: "/openapi.json", scope: "inference", GET: () => openapiOf(protocolsOn(settings())) },
    {
      path: "/v2",
      scope: "inference",
      GET: () => serverMetadata(software.toLowerCase(), version),
    },
    { path: "/v2/models", scope: "inference", GET: names },
    ...statisticsRoutes(parts),
    ...versioned("", { scope: "inference", GET: metadata }),
    ...versioned("/ready", { scope: "inference", GET: ready }),
    ...firstModelRoutes(parts, { names, ready }),
  ];
}

/** Protocol v1, and OpenAI's API at the same addresses if it is on. */
function firstModelRoutes(
  parts: SharedParts,
  own: {
    readonly names: () => Promise<object>;
    readonly ready: (request: FastifyRequest) => Promise<object>;
  },
): readonly Route[] {
  const { engine, settings } = parts;
  const both: Handler = async () => ({
    ...(await own.names()),
    ...(settings().isOpenaiOn && openaiModels(answeringNames(await engine.models()))),
  });
  const one: Handler = async (request) => ({
    ...(await own.ready(request)),
    ...(settings().isOpenaiOn && openaiModel(addressOf(request).name)),
  });
  return [
    { path: "/v1/models", scope: "inference", GET: both },
    {
      path: "/v1/models/:model",
      scope: "inference",
      verb: VERB,
      GET: one,
      POST: predictRoute(parts),
    },
  ];
}

/** A model's address, with and without a version. */
export function versioned(end: string, rest: Omit<Route, "path">): readonly Route[] {
  return ["", "/versions/:version"].map((version) => ({
    path: `/v2/models/:model${version}${end}`,
    ...rest,
  }));
}

/** Triton's statistics extension: for one model, or for all. */
function statisticsRoutes({ engine }: SharedParts): readonly Route[] {
  const one: Handler = (request) => modelStatistics(engine, addressOf(request));
  return [
    { path: "/v2/models/stats", scope: "inference", GET: () => modelStatistics(engine) },
    ...versioned("/stats", { scope: "inference", GET: one }),
  ];
}

/** The statistics of one model, or of all without an address. Refuses as NOT_FOUND or VERSION_UNKNOWN. */
export async function modelStatistics(
  engine: SharedParts["engine"],
  address?: ModelAddress,
): Promise<object> {
  const entry = (name: string, model: KnownModel): object => ({
    name,
    version: versionOf(model),
    ...(engine.statisticsOf?.(model.name) ?? new ModelTallies().shown()),
    response_stats: {},
    memory_usage: [],
  });
  return {
    model_stats:
      address === undefined
        ? (await engine.models()).map((model) => entry(model.name, model))
        : [entry(address.name, await knownModel(engine, address))],
  };
}

const ALIVE = { status: 200, body: LIVE };
const READY = { status: 200, body: serverReady(true) };

/** Whether the next request would succeed; determined once for simultaneous questions. */
function readiness(engine: SharedParts["engine"]): Probe {
  let told: Promise<ProbeReply> | undefined;
  return () => {
    if (told !== undefined) return told;
    setImmediate(() => (told = undefined));
    told = engine
      .models()
      .then(whyNotReady, () => ({ reason: "its models cannot be listed" }))
      .then(readyReply);
    return told;
  };
}

function readyReply(notReady: NotReady | undefined): ProbeReply {
  if (notReady === undefined) return READY;
  const refusal = notServed("The server", notReady);
  const { status } = refusal;
  return { status, body: { ...serverReady(false), error: toWire(refusal).message } };
}

/** A model with everything that can be set. Refuses as NOT_FOUND or VERSION_UNKNOWN. */
export async function describeModel(
  engine: SharedParts["engine"],
  address: ModelAddress,
): Promise<ModelMetadata> {
  const model = await knownModel(engine, address);
  const presets = model.state === "ready" ? await presetsOf(engine) : {};
  return described(address.name, model, presets);
}

/** The preset of requests that name none, and the seconds per picture of the model's own size with each preset. */
async function presetsOf(engine: SharedParts["engine"]): Promise<Record<string, string>> {
  const found: Record<string, string> = { preset: engine.preset };
  for (const preset of PRESETS) {
    const job = { requests: [{ prompt: "", preset }], keepsPictures: false };
    const seconds = await engine.expectedSeconds(job).catch(() => undefined);
    if (seconds !== undefined) found[`expected_seconds_${preset}`] = seconds.toFixed(1);
  }
  return found;
}

function described(
  name: string,
  model: KnownModel,
  presets: Readonly<Record<string, string>>,
): ModelMetadata {
  const { state, reason, summary } = model;
  return modelMetadata({
    name,
    versions: [versionOf(model)],
    properties: {
      model: summary.name,
      description: summary.description,
      width: String(summary.width),
      height: String(summary.height),
      num_inference_steps: String(summary.steps),
      guidance_scale: String(summary.guidanceScale),
      ...(summary.scheduler === undefined ? {} : { scheduler: summary.scheduler }),
      ...presets,
      state,
      ...(reason === "" ? {} : { reason }),
    },
  });
}
