import {
  type DeployLogLine,
  type WatchedContainer,
  WATCHED_CONTAINERS,
} from "../contract/deploy-states.ts";
import type { Deployment, DeploymentPlace } from "../contract/deployments.ts";
import { StudioError } from "../contract/errors.ts";
import { isOurs, pathOf } from "../deploy/applied-objects.ts";
import { ANNOTATIONS } from "../deploy/annotations.ts";
import { readLogs } from "../deploy/waiting/container-log.ts";
import { fieldOf, listAt, numberAt, textAt } from "../deploy/waiting/observed.ts";
import { newestPod } from "../deploy/waiting/pod.ts";
import { type Observed, waitingState } from "../deploy/waiting-states.ts";
import type { ClusterClient } from "./cluster-client.ts";
import { isJson, itemsOf, type Json } from "./reply-body.ts";

/** Maximum number of bytes read from a container's log. */
const MAX_LOG_BYTES = 256 << 10;
const MAX_SERVICES = "500";
const MAX_PODS = "500";
const MAX_EVENTS = "200";

/** KServe's label on a service's pods. */
const OF_SERVICE = "serving.kserve.io/inferenceservice";

interface Looking {
  /** Number of lines from each container's log; 0 reads none. */
  readonly lines: number;
  readonly signal?: AbortSignal | undefined;
}

export type Seen = Observed & { readonly service: Json; readonly pods: readonly unknown[] };

/** The current state of a deployment in the cluster. Refuses as NOT_FOUND, or as one of the CLUSTER codes. */
export async function observe(
  client: ClusterClient,
  { namespace, name }: Pick<DeploymentPlace, "namespace" | "name">,
  { lines, signal }: Looking,
): Promise<Seen> {
  const service = await serviceOf(client, { namespace, name }, signal);
  const [pods, events] = await Promise.all([
    podsOf(client, namespace, `${OF_SERVICE}=${name}`, signal),
    // The names of Knative's and Kubernetes' objects between the service and its pods start with its name, and so do
    // their events.
    items(client, `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`, signal, {
      limit: MAX_EVENTS,
    }).then((all) => all.filter((event) => isAbout(event, name))),
  ]);
  const logs = lines === 0 ? {} : await logsOf(client, { namespace, pods, lines, signal });
  return { service, pods, events, logs };
}

/** The InferenceService itself. */
export async function serviceOf(
  client: ClusterClient,
  { namespace, name }: Pick<DeploymentPlace, "namespace" | "name">,
  signal?: AbortSignal,
): Promise<Json> {
  const kind = "InferenceService";
  const path = pathOf(kind, namespace, name);
  const service = await client.find({ path, signal }, { kind, name, namespace });
  if (service === undefined) throw new StudioError("NOT_FOUND", { what: "deployment", id: name });
  return service;
}

/** Every InferenceService of a project, ours first, without logs and events. */
export async function listDeployments(
  client: ClusterClient,
  { clusterId, namespace }: Pick<DeploymentPlace, "clusterId" | "namespace">,
  signal?: AbortSignal,
): Promise<Deployment[]> {
  const kind = "InferenceService";
  const query = { limit: MAX_SERVICES };
  const path = pathOf(kind, namespace);
  const list = await client.get({ path, query, signal }, { kind, namespace });
  const pods = await podsOf(client, namespace, OF_SERVICE, signal);
  return itemsOf(list)
    .filter(isJson)
    .map((service) => {
      const name = textAt(service, "metadata", "name");
      const own = pods.filter((pod) => textAt(pod, "metadata", "labels", OF_SERVICE) === name);
      return deploymentOf(clusterId, { service, pods: own });
    })
    .toSorted((a, b) => Number(b.isOurs) - Number(a.isOurs) || (a.name < b.name ? -1 : 1));
}

/** A deployment in the contract's form, without the endpoint that was made for it. */
export function deploymentOf(
  clusterId: string,
  seen: Omit<Seen, "logs" | "events"> & Observed,
): Deployment {
  const { service } = seen;
  const name = textAt(service, "metadata", "name");
  const predictor = ["spec", "predictor"] as const;
  const path = textAt(service, ...predictor, "model", "storage", "path");
  const maxReplicas = numberAt(service, ...predictor, "maxReplicas");
  const createdAt = textAt(service, "metadata", "creationTimestamp");
  const url = textAt(service, "status", "url");
  return {
    clusterId,
    namespace: textAt(service, "metadata", "namespace"),
    name,
    displayName: textAt(service, "metadata", "annotations", ANNOTATIONS.displayName) || name,
    mode: isRaw(service) ? "raw" : "serverless",
    isOurs: isOurs(service),
    ...(path !== "" && { path }),
    minReplicas: Math.trunc(numberAt(service, ...predictor, "minReplicas") ?? 1),
    ...(maxReplicas !== undefined && { maxReplicas: Math.trunc(maxReplicas) }),
    state: waitingState(seen),
    ...(url !== "" && { url }),
    ...(!Number.isNaN(Date.parse(createdAt)) && { createdAt: new Date(createdAt).toISOString() }),
  };
}

export function isRaw(service: Json): boolean {
  const mode = textAt(service, "metadata", "annotations", ANNOTATIONS.mode);
  return /^(RawDeployment|Standard)$/.test(mode);
}

/** Log lines of the newest pod's containers; if one restarted and has no output yet, those before the restart. */
async function logsOf(
  client: ClusterClient,
  {
    namespace,
    pods,
    lines,
    signal,
  }: Looking & { readonly namespace: string; readonly pods: readonly unknown[] },
): Promise<Partial<Record<WatchedContainer, readonly string[]>>> {
  const pod = newestPod(pods);
  const name = textAt(pod, "metadata", "name");
  if (name === "") return {};
  const place = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
  const read = async (container: string, query: Readonly<Record<string, string>> = {}) => {
    const asked = { container, tailLines: String(lines), limitBytes: String(MAX_LOG_BYTES) };
    const text = await client.text(
      { path: `${place}/log`, query: { ...asked, ...query }, signal },
      MAX_LOG_BYTES,
    );
    return (text ?? "").split("\n").filter((line) => line !== "");
  };
  const logs = await Promise.all(
    WATCHED_CONTAINERS.map(async (container) => {
      if (!hasStarted(pod, container)) return [];
      const now = await read(container);
      return now.length > 0 ? now : read(container, { previous: "true" });
    }),
  );
  return Object.fromEntries(WATCHED_CONTAINERS.map((container, index) => [container, logs[index]]));
}

/** The last log lines of its containers, with what is known about them. */
export function logLines({ logs }: Seen, count: number): DeployLogLine[] {
  const read = readLogs(logs);
  return WATCHED_CONTAINERS.flatMap((container) => read[container].told(count));
}

/** Whether a container has run at all; otherwise the API has no log. */
function hasStarted(pod: unknown, container: string): boolean {
  const statuses = ["initContainerStatuses", "containerStatuses"].flatMap((list) =>
    listAt(pod, "status", list),
  );
  const status = statuses.find((one) => textAt(one, "name") === container);
  const states = [
    fieldOf(status, "state", "running"),
    fieldOf(status, "state", "terminated"),
    fieldOf(status, "lastState", "terminated"),
  ];
  return states.some((state) => state !== undefined);
}

function podsOf(
  client: ClusterClient,
  namespace: string,
  labelSelector: string,
  signal: AbortSignal | undefined,
): Promise<readonly unknown[]> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  return items(client, path, signal, { labelSelector, limit: MAX_PODS });
}

/** Objects that may not be listed are left out: the service's own conditions still say much. */
async function items(
  client: ClusterClient,
  path: string,
  signal: AbortSignal | undefined,
  query: Readonly<Record<string, string>>,
): Promise<readonly unknown[]> {
  const { status, body } = await client.ask({ path, query, signal });
  return status === 200 ? itemsOf(body) : [];
}

function isAbout(event: unknown, name: string): boolean {
  const about = textAt(event, "involvedObject", "name");
  return about === name || about.startsWith(`${name}-`);
}
