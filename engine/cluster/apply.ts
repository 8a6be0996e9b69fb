import type { Applied, AppliedObject } from "../contract/deployments.ts";
import type { DeployField } from "../contract/deploy.ts";
import { StudioError, toWire } from "../contract/errors.ts";
import { asOurs, type DeployedObject, isOurs, pathOf } from "../deploy/applied-objects.ts";
import { objectChanges } from "../deploy/object-changes.ts";
import type { ClusterClient, ClusterReply } from "./cluster-client.ts";
import { type Json, parsed } from "./reply-body.ts";
import { causesOf, messageOf, refusalOf } from "./cluster-refusal.ts";

/** Darkroom's name as a field manager. */
export const FIELD_MANAGER = "darkroom";

export interface ApplyOptions {
  /** Whether to overwrite fields and objects of others. */
  readonly force: boolean;
  readonly signal?: AbortSignal | undefined;
}

type Outcome = Pick<Applied, "objects" | "isSound">;

/** Asks what applying would do, object by object, without changing anything. */
export async function dryRun(
  client: ClusterClient,
  objects: readonly DeployedObject[],
  options: ApplyOptions,
): Promise<Outcome> {
  const told: AppliedObject[] = [];
  for (const object of objects) told.push(await new Trial(client, object, objects, options).run());
  return { objects: told, isSound: told.every(({ outcome }) => outcome !== "refused") };
}

/** Applies everything after a dry run of everything; if that finds a problem, nothing is applied. */
export async function apply(
  client: ClusterClient,
  objects: readonly DeployedObject[],
  options: ApplyOptions,
): Promise<Outcome & { readonly isApplied: boolean }> {
  const tried = await dryRun(client, objects, options);
  if (!tried.isSound) return { ...tried, isApplied: false };
  const told: AppliedObject[] = [];
  for (const object of objects) {
    const isOver = told.some(({ outcome }) => outcome === "refused");
    const trial = new Trial(client, object, objects, options);
    told.push(isOver ? trial.told("skipped") : await trial.run("for good"));
  }
  const isSound = told.every(({ outcome }) => outcome !== "refused" && outcome !== "skipped");
  return { objects: told, isSound, isApplied: isSound };
}

/** The name of the deployment that the objects belong to. */
export function serviceIn(objects: readonly DeployedObject[]): DeployedObject | undefined {
  return objects.find(({ kind }) => kind === "InferenceService");
}

/** Applies one object and interprets the API's answer. */
class Trial {
  readonly #client: ClusterClient;
  readonly #object: DeployedObject;
  readonly #deployment: string | undefined;
  readonly #options: ApplyOptions;

  constructor(
    client: ClusterClient,
    object: DeployedObject,
    all: readonly DeployedObject[],
    options: ApplyOptions,
  ) {
    this.#client = client;
    this.#object = object;
    this.#deployment = serviceIn(all)?.metadata.name;
    this.#options = options;
  }

  /** Throws problems with the cluster; problems with the object are part of the result. */
  async run(mode: "dry" | "for good" = "dry"): Promise<AppliedObject> {
    try {
      return await this.#run(mode);
    } catch (error) {
      if (!(error instanceof StudioError) || !OF_OBJECT.has(error.code)) throw error;
      if (error.code === "CLUSTER_ADMIN_NEEDED") return this.#left();
      return this.told("refused", { error: toWire(error) });
    }
  }

  async #run(mode: "dry" | "for good"): Promise<AppliedObject> {
    const { path, about } = this;
    const { signal, force } = this.#options;
    const live = await this.#client.find({ path, signal }, about);
    // An object made by someone else stays theirs, and is not removed with the deployment.
    const isTheirs = live !== undefined && !isOurs(live) && !force;
    const object = isTheirs ? this.#object : asOurs(this.#object, this.#deployment);
    const reply = await this.#patch(object, mode, force);
    const { status, body, warnings: told } = reply;
    const warnings = isTheirs ? [...told, THEIRS] : [...told];
    if (status >= 300) return this.#refused(reply, warnings, live !== undefined);
    if (live === undefined) return this.told("created", { warnings });
    const changes = objectChanges(live, body, this.#object.kind === "Secret");
    return this.told(changes.length === 0 ? "unchanged" : "changed", { warnings, changes });
  }

  told(outcome: AppliedObject["outcome"], rest: Partial<AppliedObject> = {}): AppliedObject {
    const { kind, metadata } = this.#object;
    const { name, namespace = "" } = metadata;
    const nothing = { changes: [], warnings: [], conflicts: [], faults: [] };
    return { kind, name, namespace, outcome, ...nothing, ...rest };
  }

  /** An administrator's object, which this user may not change; the rest can be applied all the same. */
  #left(): AppliedObject {
    return this.told("unchanged", { warnings: [ADMINISTRATORS] });
  }

  get path(): string {
    const { kind, metadata } = this.#object;
    return pathOf(kind, metadata.namespace, metadata.name);
  }

  get about() {
    const { kind, metadata } = this.#object;
    const { name, namespace = "" } = metadata;
    return { kind, name, namespace };
  }

  /** Server-side apply. Fields that Darkroom itself changed since, by scaling, are not conflicts. */
  async #patch(
    object: DeployedObject,
    mode: "dry" | "for good",
    force: boolean,
  ): Promise<ClusterReply> {
    const reply = await this.#client.ask({
      method: "PATCH",
      path: this.path,
      type: "application/apply-patch+yaml",
      query: {
        fieldManager: FIELD_MANAGER,
        fieldValidation: "Strict",
        ...(force && { force: "true" }),
        ...(mode === "dry" && { dryRun: "All" }),
      },
      body: object,
      signal: this.#options.signal,
    });
    const conflicts = conflictsIn(reply);
    const isOwn =
      conflicts.length > 0 && conflicts.every(({ manager }) => manager === FIELD_MANAGER);
    return isOwn && !force ? this.#patch(object, mode, true) : reply;
  }

  #refused(reply: ClusterReply, warnings: string[], exists: boolean): AppliedObject {
    const { status, body } = reply;
    const { host } = this.#client;
    const conflicts = conflictsIn(reply).filter(({ manager }) => manager !== FIELD_MANAGER);
    const [first] = conflicts;
    const { kind, name } = this.about;
    const error =
      status === 409 && first !== undefined
        ? new StudioError("CLUSTER_CONFLICT", { kind, name, ...first })
        : refusalOf({ status, body: this.#withoutSecrets(body) }, { ...this.about, host });
    if (!OF_OBJECT.has(error.code)) throw error;
    if (exists && error.code === "CLUSTER_ADMIN_NEEDED") return this.#left();
    const faults = faultsIn(this.#withoutSecrets(body), status);
    return this.told("refused", {
      warnings: [...warnings],
      conflicts,
      faults,
      error: toWire(error),
    });
  }

  /** Removes a Secret's values from what the API says. */
  #withoutSecrets(body: Json): Json {
    const { kind, data } = this.#object;
    if (kind !== "Secret" || typeof data !== "object" || data === null) return body;
    const values = Object.values(data).filter((value) => typeof value === "string" && value !== "");
    const text = values.reduce<string>(
      (left, value) => left.replaceAll(String(value), "(hidden)"),
      JSON.stringify(body),
    );
    return parsed(text) ?? {};
  }
}

/** For objects that someone else made. */
const THEIRS =
  "It exists already and was not applied by Darkroom: applying changes it, and removing the deployment leaves it there.";

/** For an object of the whole cluster that this user may not apply. */
const ADMINISTRATORS =
  "Only a cluster administrator may apply it, so it stays as it is. Without it the deployment finds no runtime.";

/** Refusals about one object; the others are about the cluster. */
const OF_OBJECT: ReadonlySet<string> = new Set([
  "CLUSTER_CONFLICT",
  "CLUSTER_DENIED",
  "CLUSTER_ADMIN_NEEDED",
  "CLUSTER_QUOTA",
  "CLUSTER_WEBHOOK",
  "CLUSTER_OBJECT_INVALID",
]);

function conflictsIn({ status, body }: ClusterReply): AppliedObject["conflicts"] {
  if (status !== 409) return [];
  return causesOf(body)
    .filter(({ reason }) => reason === "FieldManagerConflict")
    .map(({ message, field }) => ({
      manager: /^conflict with "([^"]*)"/.exec(message)?.[1] ?? "somebody else",
      path: field,
    }));
}

/** The fields with problems, from the API's list of causes or from its message. */
function faultsIn(body: Json, status: number): AppliedObject["faults"] {
  if (status === 409) return [];
  const named = causesOf(body).filter(({ field }) => field !== "");
  const causes =
    named.length > 0
      ? named.map(({ field, message }) => ({ path: field, reason: message }))
      : [...messageOf(body).matchAll(/(?:^|[ ,[])\.((?:\w|[.[\]"-])+): ([^,\]]+)/g)].map(
          ([, path = "", reason = ""]) => ({ path, reason }),
        );
  return causes.map((cause) => {
    const field = fieldOf(cause.path);
    return { ...cause, ...(field !== undefined && { field }) };
  });
}

/** Paths in objects, with the form's field that decides them. */
const FIELDS: readonly (readonly [RegExp, DeployField])[] = [
  [/^metadata\.namespace/, "namespace"],
  [/^metadata\.name$/, "name"],
  [/^metadata\.annotations/, "annotations"],
  [/\.minReplicas$/, "minReplicas"],
  [/\.maxReplicas$/, "maxReplicas"],
  [/\.timeout$/, "timeoutSeconds"],
  [/\.storage\.path$/, "path"],
  [/\.storage\.key$/, "connectionSecret"],
  [/\.image$/, "image"],
  [/\.limits\.?\W*memory/, "memoryLimit"],
  [/\.requests\.?\W*memory/, "memoryRequest"],
  [/\.limits\.?\W*cpu/, "cpuLimit"],
  [/\.requests\.?\W*cpu/, "cpuRequest"],
  [/nvidia\.com\/gpu/, "gpus"],
];

function fieldOf(path: string): DeployField | undefined {
  return FIELDS.find(([pattern]) => pattern.test(path))?.[1];
}
