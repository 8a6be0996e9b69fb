import type { DeploymentPlace, RemovedObject } from "../contract/deployments.ts";
import { StudioError } from "../contract/errors.ts";
import { ANNOTATIONS } from "../deploy/annotations.ts";
import {
  type DeployedKind,
  isOurs,
  ownSelector,
  pathOf,
  PROJECT_KINDS,
} from "../deploy/applied-objects.ts";
import { fieldOf, numberAt, textAt } from "../deploy/waiting/observed.ts";
import { FIELD_MANAGER } from "./apply.ts";
import type { ClusterClient } from "./cluster-client.ts";
import { itemsOf, type Json } from "./reply-body.ts";
import { isRaw, serviceOf } from "./observe.ts";

/** Keeps at least `to` replicas running; 0 lets it stop. Returns sentences about what that means. */
export async function scale(
  client: ClusterClient,
  place: DeploymentPlace,
  to: number,
  signal?: AbortSignal,
): Promise<string[]> {
  const service = await ownService(client, place, signal);
  const isPlain = isRaw(service);
  const isStopping = to === 0 && isPlain;
  const most = numberAt(service, "spec", "predictor", "maxReplicas");
  await patchService(client, place, signal, {
    // KServe since 0.15 and OpenShift AI stop it by this annotation; before, a plain Deployment is stopped directly.
    metadata: { annotations: { [ANNOTATIONS.stop]: isStopping ? "true" : null } },
    spec: {
      predictor: {
        // A plain Deployment is scaled by a HorizontalPodAutoscaler, which does not accept 0.
        minReplicas: isStopping ? 1 : to,
        ...(most !== undefined && most < to && { maxReplicas: to }),
      },
    },
  });
  if (isPlain) await scalePlain(client, place, to, signal);
  if (to > 0) return [];
  return isPlain
    ? ["It is stopped and answers nothing until it is scaled to 1 or more."]
    : [
        "It scales to 0 about a minute after the last request. The next request starts it again and waits until the model is loaded.",
      ];
}

/** Restarts it with the same manifests: the archive is copied again, and the image pulled as its policy says. */
export async function redeploy(
  client: ClusterClient,
  place: DeploymentPlace,
  now: Date,
  signal?: AbortSignal,
): Promise<void> {
  await ownService(client, place, signal);
  // KServe copies these to the pods, which creates a new revision.
  const annotations = { [ANNOTATIONS.redeployedAt]: now.toISOString() };
  await patchService(client, place, signal, { spec: { predictor: { annotations } } });
}

/** The result, or dry run, of removing each object. Refuses as NOT_FOUND and as DEPLOYMENT_NOT_OURS. */
export async function remove(
  client: ClusterClient,
  place: DeploymentPlace,
  isDry: boolean,
  signal?: AbortSignal,
): Promise<RemovedObject[]> {
  const { name, namespace } = place;
  const found = await ownObjects(client, place, signal);
  const service = found.find(
    ({ kind, object }) => kind === "InferenceService" && nameOf(object) === name,
  );
  // If the service is already gone, leftovers are still removed.
  if (service === undefined && found.length === 0) await ownService(client, place, signal);
  const others = await neighbours(client, place, signal);
  const removed: RemovedObject[] = [];
  for (const { kind, object } of found.toReversed()) {
    const one = { kind, name: nameOf(object) };
    const user = others.find((other) => uses(other, kind, one.name));
    if (user !== undefined) {
      const reason = `The deployment ${nameOf(user)} uses it, too.`;
      removed.push({ ...one, outcome: "kept", reason });
      continue;
    }
    const uid = textAt(object, "metadata", "uid");
    const isGone = await client.find(
      {
        method: "DELETE",
        path: pathOf(kind, namespace, one.name),
        // The API ignores the query if there is a body: a dry run requested there would really delete.
        body: {
          apiVersion: "v1",
          kind: "DeleteOptions",
          propagationPolicy: "Background",
          // Not an object that someone created again in the meantime.
          preconditions: { uid },
          ...(isDry && { dryRun: ["All"] }),
        },
        signal,
      },
      { ...one, namespace },
    );
    removed.push({ ...one, outcome: isGone === undefined ? "absent" : "removed" });
  }
  return removed;
}

interface Own {
  readonly kind: DeployedKind;
  readonly object: unknown;
}

/** Everything that Darkroom applied for a deployment, in the order of applying. */
async function ownObjects(
  client: ClusterClient,
  { namespace, name }: DeploymentPlace,
  signal: AbortSignal | undefined,
): Promise<Own[]> {
  const lists = await Promise.all(
    PROJECT_KINDS.map(async (kind) => {
      const query = { labelSelector: ownSelector(name), limit: "100" };
      const path = pathOf(kind, namespace);
      const list = await client.get({ path, query, signal }, { kind, namespace });
      return itemsOf(list).map((object) => ({ kind, object }));
    }),
  );
  const found = lists.flat();
  const secret = await sharedSecret(client, namespace, found, signal);
  return secret === undefined ? found : [secret, ...found];
}

/** The Secret of its connection, if a later deployment has taken it over. */
async function sharedSecret(
  client: ClusterClient,
  namespace: string,
  found: readonly Own[],
  signal: AbortSignal | undefined,
): Promise<Own | undefined> {
  const service = found.find(({ kind }) => kind === "InferenceService")?.object;
  const name = textAt(service, "spec", "predictor", "model", "storage", "key");
  const isFound = found.some(({ kind, object }) => kind === "Secret" && nameOf(object) === name);
  if (name === "" || isFound) return undefined;
  const kind = "Secret";
  const path = pathOf(kind, namespace, name);
  const object = await client.find({ path, signal }, { kind, name, namespace });
  const isOwn = isOurs(object);
  return object !== undefined && isOwn ? { kind, object } : undefined;
}

/** The other services of the project. */
async function neighbours(
  client: ClusterClient,
  { namespace, name }: DeploymentPlace,
  signal: AbortSignal | undefined,
): Promise<readonly unknown[]> {
  const kind = "InferenceService";
  const query = { limit: "500" };
  const list = await client.get(
    { path: pathOf(kind, namespace), query, signal },
    { kind, namespace },
  );
  return itemsOf(list).filter((one) => nameOf(one) !== name);
}

function uses(service: unknown, kind: DeployedKind, name: string): boolean {
  const model = fieldOf(service, "spec", "predictor", "model");
  if (kind === "Secret") return textAt(model, "storage", "key") === name;
  if (kind === "ServingRuntime") return textAt(model, "runtime") === name;
  if (kind !== "ServiceAccount") return false;
  return textAt(service, "spec", "predictor", "serviceAccountName") === name;
}

async function ownService(
  client: ClusterClient,
  place: DeploymentPlace,
  signal: AbortSignal | undefined,
): Promise<Json> {
  const service = await serviceOf(client, place, signal);
  if (isOurs(service)) return service;
  throw new StudioError("DEPLOYMENT_NOT_OURS", { name: place.name });
}

async function patchService(
  client: ClusterClient,
  { namespace, name }: DeploymentPlace,
  signal: AbortSignal | undefined,
  body: object,
): Promise<void> {
  const kind = "InferenceService";
  const path = pathOf(kind, namespace, name);
  await client.get(mergePatch(path, body, signal), { kind, name, namespace });
}

/** Scales the Deployment that KServe made. If KServe has removed it, KServe makes it again. */
async function scalePlain(
  client: ClusterClient,
  { namespace, name }: DeploymentPlace,
  to: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const one = { kind: "Deployment", name: `${name}-predictor`, namespace };
  const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments/${encodeURIComponent(one.name)}`;
  const live = await client.find({ path, signal }, one);
  const replicas = numberAt(live, "spec", "replicas") ?? 1;
  // Between the limits the autoscaler decides.
  if (live === undefined || (to > 0 && replicas > 0)) return;
  await client.find(mergePatch(`${path}/scale`, { spec: { replicas: to } }, signal), one);
}

function mergePatch(path: string, body: object, signal: AbortSignal | undefined) {
  const type = "application/merge-patch+json";
  return {
    method: "PATCH" as const,
    path,
    type,
    query: { fieldManager: FIELD_MANAGER },
    body,
    signal,
  };
}

function nameOf(object: unknown): string {
  return textAt(object, "metadata", "name");
}
