import { StudioError } from "../../contract/errors.ts";
import {
  checkLoadRequest,
  readIndexRequest,
  type RepositoryEntry,
  repositoryIndex,
} from "../../kserve/server/repository.ts";
import type { KnownModel, PictureEngine } from "../picture-engine.ts";
import type { Handler, Route } from "./route.ts";
import { sentenceOf } from "./refuse.ts";
import type { SharedParts } from "./route-parts.ts";
import { addressOf, ALIAS, shown, versionOf } from "./served-model.ts";

/** The list of models, and loading and unloading. */
export function repositoryRoutes(parts: SharedParts): readonly Route[] {
  const { engine, bodies } = parts;
  const index: Handler = async (request) => {
    const { bytes } = await bodies.read(request);
    return indexOf(engine, readIndexRequest(bytes));
  };
  return [
    { path: "/v2/repository/index", scope: "inference", POST: index },
    ...(["load", "unload"] as const).map((verb): Route => ({
      path: `/v2/repository/models/:model/${verb}`,
      scope: "management",
      POST: changing(parts, verb),
    })),
  ];
}

/** This machine's models, or only the ready ones. */
export async function indexOf(
  engine: PictureEngine,
  { isReadyOnly }: { readonly isReadyOnly: boolean },
): Promise<readonly RepositoryEntry[]> {
  return repositoryIndex((await engine.models()).map(toEntry), isReadyOnly);
}

const STATES = { ready: "READY", loading: "LOADING", unavailable: "UNAVAILABLE" } as const;

function toEntry(model: KnownModel): RepositoryEntry {
  const { name, state, reason } = model;
  return {
    name,
    version: versionOf(model),
    state: STATES[state],
    reason: state === "ready" ? "" : reason,
  };
}

function changing({ engine, bodies }: SharedParts, verb: "load" | "unload"): Handler {
  return async (request, reply) => {
    const { bytes } = await bodies.read(request);
    checkLoadRequest(bytes);
    const { name } = addressOf(request);
    try {
      await changeServed(engine, verb, name);
      return { name, [verb]: true };
    } catch (error) {
      if (!(error instanceof StudioError)) throw error;
      const reason = `${shown(name)} failed to ${verb}: ${sentenceOf(error)}`;
      return reply.code(error.status).send({ error: reason });
    }
  };
}

/**
 * Serves a model, or stops serving it; the others stay as they are. Refuses as NOT_FOUND, or with the model's problem.
 */
export async function changeServed(
  engine: PictureEngine,
  verb: "load" | "unload",
  name: string,
): Promise<void> {
  const models = await modelsWith(engine, verb === "load" ? name : undefined);
  const isAlias = name === ALIAS && models.every((model) => model.name !== ALIAS);
  const model = models.find((one) => (isAlias ? isServed(one) : one.name === name));
  if (model === undefined && isAlias && verb === "unload") return;
  if (model === undefined) throw new StudioError("NOT_FOUND", { what: "model", id: shown(name) });
  // A model that no longer works is loaded again.
  const isDone = verb === "load" ? isServed(model) && draws(model) : !isServed(model);
  if (!isDone) await engine[verb](model.name);
}

/** All models, with one that came into the store later, if its name is given. */
async function modelsWith(
  engine: PictureEngine,
  wanted: string | undefined,
): Promise<readonly KnownModel[]> {
  const known = await engine.models();
  if (wanted === undefined || known.some(({ name }) => name === wanted)) return known;
  await engine.adopt?.(wanted);
  return engine.models();
}

function isServed({ state }: KnownModel): boolean {
  return state === "ready";
}

function draws({ trouble }: KnownModel): boolean {
  return trouble === undefined;
}
