import type { FastifyRequest } from "fastify";
import { StudioError } from "../../contract/errors.ts";
import { quote } from "../../kserve/wire/message-fault.ts";
import type { KnownModel, ModelName, PictureEngine } from "../picture-engine.ts";

/** The name of the KServe example's model; the served model can also be addressed by it. */
export const ALIAS = "stable-diffusion";

/** The version of a model that was given no other. */
const ONLY_VERSION = "1.0";

export function versionOf({ version = ONLY_VERSION }: Pick<KnownModel, "version">): string {
  return version;
}

/** Identifies a model to the engine. */
export function nameOf(model: KnownModel): ModelName {
  return { name: model.name, version: versionOf(model) };
}

/** How a client addresses a model. */
export interface ModelAddress {
  readonly name: string;
  /** Only if the address contains one. */
  readonly version?: string;
}

/** The model in an address. */
export function addressOf({ params }: FastifyRequest): ModelAddress {
  const name = parameter(params, "model") ?? "";
  const version = parameter(params, "version");
  return version === undefined ? { name } : { name, version };
}

/** A parameter of an address. */
export function parameter(params: unknown, name: string): string | undefined {
  if (typeof params !== "object" || params === null) return undefined;
  const value: unknown = Reflect.get(params, name);
  return typeof value === "string" ? value : undefined;
}

/** The served model with this address. Refuses as NOT_FOUND or MODEL_NOT_SERVED. */
export async function servedModel(
  engine: PictureEngine,
  address: ModelAddress,
): Promise<KnownModel> {
  const model = await knownModel(engine, address);
  if (model.state === "ready") return model;
  if (model.state === "loading") {
    throw notServed(address.name, { reason: "it is being loaded", ...WAIT });
  }
  const { reason, fix } = model;
  throw notServed(address.name, { reason: reason === "" ? "it is not loaded" : reason, fix });
}

/** The same, if the next request would succeed. */
export async function readyModel(
  engine: PictureEngine,
  address: ModelAddress,
): Promise<KnownModel> {
  const model = await servedModel(engine, address);
  if (model.trouble === undefined) return model;
  throw notServed(address.name, { reason: model.trouble });
}

/** Why a request would not be drawn, and what to do about it: see KnownModel. */
export interface NotReady extends Pick<KnownModel, "reason" | "fix"> {
  /** When to try again, for Retry-After; absent where waiting alone does not help. */
  readonly seconds?: number;
}

const LOAD_ONE =
  "Load a model with POST /v2/repository/models/NAME/load, or choose it in the studio; POST /v2/repository/index lists the names";
/** A small model loads within seconds, a full-size one in int8 within some 20. */
const WAIT = { fix: "Ask again once it is ready; GET /v2/health/ready tells", seconds: 5 };

/** Why the next request to the server would fail; undefined if it would not. */
export function whyNotReady(models: readonly KnownModel[]): NotReady | undefined {
  const served = models.find(({ state }) => state === "ready");
  if (served !== undefined) {
    return served.trouble === undefined ? undefined : { reason: served.trouble };
  }
  if (models.some(({ state }) => state === "loading")) {
    return { reason: "a model is being loaded", ...WAIT };
  }
  return models.find(({ isWanted }) => isWanted) ?? { reason: "no model is loaded" };
}

/** A local model by its address, served or not. Refuses in the same way. */
export async function knownModel(
  engine: PictureEngine,
  { name, version }: ModelAddress,
): Promise<KnownModel> {
  const models = await engine.models();
  const model =
    models.find((each) => each.name === name) ??
    models.find(({ state, aliases }) => state === "ready" && aliases?.includes(name)) ??
    (name === ALIAS ? models.find(({ state }) => state === "ready") : undefined);
  if (model === undefined && name === ALIAS)
    throw notServed(name, { reason: "no model is loaded" });
  if (model === undefined) throw new StudioError("NOT_FOUND", { what: "model", id: shown(name) });
  if (version === undefined) return model;
  const versions = models.filter((each) => each.name === model.name);
  const wanted = versions.find((each) => versionOf(each) === version);
  if (wanted !== undefined) return wanted;
  throw new StudioError("VERSION_UNKNOWN", {
    model: name,
    version: shown(version),
    known: versions.map(versionOf).join(", "),
  });
}

/** A name from an address, which can be anything, for a message. */
export function shown(name: string): string {
  return /^[\p{L}\p{N}._-]{1,100}$/u.test(name) ? name : quote(name);
}

/** The refusal for a model, or for the server as a whole. */
export function notServed(
  model: string,
  { reason, fix = LOAD_ONE, seconds }: NotReady,
): StudioError {
  const details = { model, reason: reason.replace(/\.$/, ""), fix };
  return new StudioError(
    "MODEL_NOT_SERVED",
    seconds === undefined ? details : { ...details, seconds },
  );
}

/** All names that the served model has, except those that are another model's own. */
export function answeringNames(models: readonly KnownModel[]): readonly string[] {
  const served = models.filter(({ state }) => state === "ready");
  const others = served.flatMap(({ aliases = [] }) => [...aliases, ALIAS]);
  const free = others.filter((alias) => models.every(({ name }) => name !== alias));
  return [...new Set([...served.map(({ name }) => name), ...free])];
}
