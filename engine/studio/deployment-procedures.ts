import { setTimeout as delay } from "node:timers/promises";
import type { Connections } from "../buckets/connections.ts";
import { apply, dryRun, serviceIn } from "../cluster/apply.ts";
import { redeploy, remove, scale } from "../cluster/change-deployment.ts";
import type { ClusterClient } from "../cluster/cluster-client.ts";
import type { Clusters } from "../cluster/clusters.ts";
import { endpointFacts } from "../cluster/endpoint-facts.ts";
import { deploymentOf, listDeployments, logLines, observe, serviceOf } from "../cluster/observe.ts";
import { watchDeployment } from "../cluster/watch-deployment.ts";
import type {
  Deployment,
  DeploymentPlace,
  DeploymentSource,
  WatchedDeployment,
} from "../contract/deployments.ts";
import { newEndpointSchema } from "../contract/endpoints.ts";
import { fromWire, StudioError, toWire } from "../contract/errors.ts";
import { type DeployedObject, deployedObjects } from "../deploy/applied-objects.ts";
import { deployment } from "../deploy/manifests.ts";
import type { Endpoints } from "../endpoints/endpoints.ts";
import { connectionFacts } from "./deploy-procedures.ts";
import { os } from "./implementer.ts";
import type { StudioOptions } from "./studio-options.ts";

export interface DeploymentParts extends Pick<StudioOptions, "now" | "logError"> {
  readonly connections: Connections;
  readonly clusters: Clusters;
  readonly endpoints: Endpoints;
}

/** Log lines that are read to find out what a deployment is waiting for. */
const LINES = 60;

/** Deployments in clusters. */
export function deploymentProcedures(parts: DeploymentParts) {
  const { clusters, endpoints, now = () => new Date() } = parts;
  const withEndpoint = (found: Deployment): Deployment => {
    const endpointId = endpointAt(endpoints, found.url)?.id;
    return endpointId === undefined ? found : { ...found, endpointId };
  };
  const asked = <T>(
    { clusterId }: { readonly clusterId: string },
    work: (client: ClusterClient) => Promise<T>,
  ): Promise<T> => clusters.with(clusterId, work);
  return {
    dryRun: os.deploy.dryRun.handler(({ input, signal }) => applying(parts, input, dryRun, signal)),
    apply: os.deploy.apply.handler(({ input, signal }) => applying(parts, input, apply, signal)),
    list: os.deploy.list.handler(({ input, signal }) =>
      asked(input, async (client) =>
        (await listDeployments(client, input, signal)).map(withEndpoint),
      ),
    ),
    status: os.deploy.status.handler(({ input, signal }) =>
      asked(input, async (client) => {
        const seen = await observe(client, input, { lines: LINES, signal });
        return withEndpoint(deploymentOf(input.clusterId, seen));
      }),
    ),
    watch: os.deploy.watch.handler(async ({ input, signal }) => {
      await asked(input, (client) => serviceOf(client, input, signal));
      return watched(parts, withEndpoint, input, signal ?? new AbortController().signal);
    }),
    logs: os.deploy.logs.handler(({ input, signal }) =>
      asked(input, async (client) => {
        const { lines } = input;
        return logLines(await observe(client, input, { lines, signal }), lines);
      }),
    ),
    addEndpoint: os.deploy.addEndpoint.handler(({ input, signal }) =>
      asked(input, async (client) => ({
        endpointId: await endpointFor(endpoints, client, input, signal),
      })),
    ),
    scale: os.deploy.scale.handler(({ input, signal }) =>
      asked(input, async (client) => ({ notes: await scale(client, input, input.to, signal) })),
    ),
    redeploy: os.deploy.redeploy.handler(({ input, signal }) =>
      asked(input, (client) => redeploy(client, input, now(), signal)),
    ),
    remove: os.deploy.remove.handler(({ input, signal }) =>
      asked(input, async (client) => ({
        objects: await remove(client, input, input.dryRun, signal),
      })),
    ),
  };
}

/** Runs an operation on a source's objects, and adds which deployment they belong to. */
function applying<T extends object>(
  parts: DeploymentParts,
  source: DeploymentSource,
  work: (...all: Parameters<typeof dryRun>) => Promise<T>,
  signal: AbortSignal | undefined,
) {
  return parts.clusters.with(source.clusterId, async (client) => {
    const objects = await sourceObjects(parts, source, client);
    const done = await work(client, objects, { force: source.force, signal });
    return { ...placeOf(source, objects), ...done };
  });
}

/** The objects to apply: from a form, whose first problem is refused, or from YAML. */
async function sourceObjects(
  { connections }: DeploymentParts,
  source: DeploymentSource,
  { namespace }: ClusterClient,
): Promise<DeployedObject[]> {
  if ("yaml" in source) return deployedObjects(source.yaml, namespace);
  const { draft } = source;
  const facts = connectionFacts(connections, draft);
  const { faults } = deployment(draft, facts);
  const [fault] = faults;
  if (fault !== undefined) throw fromWire(fault.error);
  const keys = draft.writesConnection ? await connections.keys(draft.connectionId) : undefined;
  const { files } = deployment(draft, facts, keys);
  const texts = files.filter(({ name }) => name.endsWith(".yaml")).map(({ text }) => text);
  return deployedObjects(texts.join("---\n"), draft.namespace);
}

function placeOf({ clusterId }: DeploymentSource, objects: readonly DeployedObject[]) {
  const metadata = serviceIn(objects)?.metadata;
  if (metadata?.namespace === undefined) return {};
  const { namespace, name } = metadata;
  return { place: { clusterId, namespace, name } };
}

/** How often to look for a token that a controller in the cluster is about to make. */
const TOKEN_TRIES = 10;
const TOKEN_MS = 1000;

async function* watched(
  { clusters, endpoints, logError }: DeploymentParts,
  withEndpoint: (found: Deployment) => Deployment,
  input: DeploymentPlace & { readonly addsEndpoint: boolean },
  signal: AbortSignal,
): AsyncGenerator<WatchedDeployment, void> {
  const client = await clusters.client(input.clusterId);
  let isAdded = !input.addsEndpoint;
  try {
    for await (const { deployment: found } of watchDeployment(client, input, signal)) {
      yield { type: "state", deployment: withEndpoint(found) };
      if (isAdded || !found.isOurs || found.state.outlook !== "ready") continue;
      isAdded = true;
      yield await addedPatiently(() => endpointFor(endpoints, client, input, signal), signal);
    }
    if (!signal.aborted) yield { type: "gone" };
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof StudioError)) logError(error, "watching a deployment");
    yield { type: "failed", error: toWire(error) };
  } finally {
    client.close();
  }
}

async function addedPatiently(
  add: () => Promise<string>,
  signal: AbortSignal,
): Promise<WatchedDeployment> {
  for (let tries = 1; ; tries++) {
    try {
      return { type: "endpoint", endpointId: await add() };
    } catch (error) {
      if (!(error instanceof StudioError)) throw error;
      const mayCome = error.code === "DEPLOYMENT_NOT_EXPOSED" && tries < TOKEN_TRIES;
      if (!mayCome) return { type: "endpoint-failed", error: toWire(error) };
      await delay(TOKEN_MS, undefined, { signal });
    }
  }
}

/** The endpoint of a deployment; added unless there is one. */
async function endpointFor(
  endpoints: Endpoints,
  client: ClusterClient,
  place: DeploymentPlace,
  signal: AbortSignal | undefined,
): Promise<string> {
  const service = await serviceOf(client, place, signal);
  const { url, token, ca } = await endpointFacts(client, service, signal);
  const known = endpointAt(endpoints, url);
  if (known === undefined) {
    const added = newEndpointSchema.parse({ url, name: place.name.slice(0, 100), token, ca });
    return (await endpoints.add(added)).id;
  }
  // After redeploying, its token differs; one that a person entered is kept.
  const account = `system:serviceaccount:${place.namespace}:${place.name}-sa`;
  const isItsOwn = !known.hasToken || known.tokenSubject === account;
  if (token !== undefined && isItsOwn) await endpoints.setToken(known.id, token);
  return known.id;
}

function endpointAt(endpoints: Endpoints, url: string | undefined) {
  const origin = URL.parse(url ?? "")?.origin;
  return endpoints.list().find((endpoint) => endpoint.origin === origin);
}
