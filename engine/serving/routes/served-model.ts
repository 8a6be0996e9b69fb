import type { FastifyRequest } from "fastify";
import { StudioError } from "../../contract/errors.ts";
import { quote } from "../../kserve/wire/message-fault.ts";
import type { KnownModel, ModelName, PictureEngine } from "../picture-engine.ts";

/** The seed's name for its model: whichever is served answers under it too. */
export const ALIAS = "stable-diffusion";

/** A model is what lies in its folder; unless it was given another version, it has this one alone. */
const ONLY_VERSION = "1.0";

export function versionOf({ version = ONLY_VERSION }: Pick<KnownModel, "version">): string {
  return version;
}

/** How an engine is told which model is to draw. */
export function nameOf(model: KnownModel): ModelName {
  return { name: model.name, version: versionOf(model) };
}

/** How a client calls a model. */
export interface ModelAddress {
  readonly name: string;
  /** Only where the address has one. */
  readonly version?: string;
}

/** The model that an address names. */
export function addressOf({ params }: FastifyRequest): ModelAddress {
  const name = parameter(params, "model") ?? "";
  const version = parameter(params, "version");
  return version === undefined ? { name } : { name, version };
}

/** A part of an address. */
export function parameter(params: unknown, name: string): string | undefined {
  if (typeof params !== "object" || params === null) return undefined;
  const value: unknown = Reflect.get(params, name);
  return typeof value === "string" ? value : undefined;
}

/** The model that is served, by its address. Refuses as NOT_FOUND or MODEL_NOT_SERVED. */
export async function servedModel(
  engine: PictureEngine,
  address: ModelAddress,
): Promise<KnownModel> {
  const model = await knownModel(engine, address);
  if (model.state === "ready") return model;
  const reason = model.state === "loading" ? "it is being loaded" : model.reason;
  throw notServed(address.name, reason === "" ? "it is not loaded" : reason);
}

/** The same where the next request would be drawn. */
export async function readyModel(
  engine: PictureEngine,
  address: ModelAddress,
): Promise<KnownModel> {
  const model = await servedModel(engine, address);
  if (model.trouble === undefined) return model;
  throw notServed(address.name, model.trouble);
}

/** Why no request to the server would be drawn now; undefined where one would. */
export function whyNotReady(models: readonly KnownModel[]): string | undefined {
  const served = models.find(({ state }) => state === "ready");
  if (served !== undefined) return served.trouble;
  if (models.some(({ state }) => state === "loading")) return "a model is being loaded";
  return models.find(({ isWanted }) => isWanted)?.reason ?? "no model is loaded";
}

/** A model of this machine by its address, served or not. Refuses as the above. */
export async function knownModel(
  engine: PictureEngine,
  { name, version }: ModelAddress,
): Promise<KnownModel> {
  const models = await engine.models();
  const model =
    models.find((each) => each.name === name) ??
    models.find(({ state, aliases }) => state === "ready" && aliases?.includes(name)) ??
    (name === ALIAS ? models.find(({ state }) => state === "ready") : undefined);
  if (model === undefined && name === ALIAS) throw notServed(name, "no model is loaded");
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

/** The name in a sentence; what stands in an address may be anything. */
export function shown(name: string): string {
  return /^[\p{L}\p{N}._-]{1,100}$/u.test(name) ? name : quote(name);
}

function notServed(model: string, reason: string): StudioError {
  return new StudioError("MODEL_NOT_SERVED", { model, reason: reason.replace(/\.$/, "") });
}

/** Names under which the served model answers, of all that are known: not under one that is another's own. */
export function answeringNames(models: readonly KnownModel[]): readonly string[] {
  const served = models.filter(({ state }) => state === "ready");
  const others = served.flatMap(({ aliases = [] }) => [...aliases, ALIAS]);
  const free = others.filter((alias) => models.every(({ name }) => name !== alias));
  return [...new Set([...served.map(({ name }) => name), ...free])];
}
