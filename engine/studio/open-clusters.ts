import { Clusters } from "../cluster/clusters.ts";
import { contextsOf, defaultPath } from "../cluster/kubeconfig.ts";
import { os } from "./implementer.ts";
import type { Stores } from "./open-stores.ts";
import type { StudioOptions } from "./studio-options.ts";

/** Clusters for deployments. */
export interface ClusterParts {
  readonly clusters: Clusters;
}

/** Connects clusters to secrets and the event log. */
export async function openClusters(
  { dataFolder, now }: StudioOptions,
  { secrets, events }: Stores,
): Promise<ClusterParts> {
  const clusters = await Clusters.open({
    dataFolder,
    keeper: secrets,
    onChange: (cluster) => events.publish({ type: "clusters-changed", clusters: [cluster] }),
    onRemove: (id) => events.publish({ type: "clusters-removed", ids: [id] }),
    now,
  });
  return { clusters };
}

export function clusterProcedures({ clusters }: ClusterParts) {
  return {
    list: os.clusters.list.handler(() => clusters.list()),
    contexts: os.clusters.contexts.handler(({ input }) =>
      contextsOf(input.path ?? defaultPath(process.env)),
    ),
    connect: os.clusters.connect.handler(({ input }) => clusters.connect(input)),
    setToken: os.clusters.setToken.handler(({ input }) => clusters.setToken(input.id, input.token)),
    disconnect: os.clusters.disconnect.handler(({ input }) => clusters.disconnect(input.id)),
    test: os.clusters.test.handler(({ input, signal }) =>
      clusters.test(input.id, input.namespace, signal),
    ),
  };
}
