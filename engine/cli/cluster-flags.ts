import { resolve } from "node:path";
import type { Command } from "commander";
import type { Cluster } from "../contract/clusters.ts";
import type { DeploymentPlace } from "../contract/deployments.ts";
import { StudioError } from "../contract/errors.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

/** Selects the cluster for a command. */
export interface ClusterFlags extends StudioFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster?: string;
  readonly namespace?: string;
}

/** A command that asks a cluster. */
export function clusterCommand(name: string, description: string): Command {
  return studioCommand(name, description)
    .option("--kubeconfig <file>", "how to reach the cluster; by default what kubectl would read")
    .option("--context <name>", "of the kubeconfig; its current one by default")
    .option("--cluster <name>", "a cluster that was added on the Deploy page, instead")
    .option("--namespace <ns>", "the project; the context's own by default");
}

/** The selected cluster; it is stored, so that the Deploy page has it, too. */
export async function chosenCluster(
  { clusters }: StudioClient,
  { kubeconfig, context, cluster }: ClusterFlags,
): Promise<Cluster> {
  if (cluster === undefined) {
    const path = kubeconfig === undefined ? undefined : resolve(kubeconfig);
    return clusters.connect({ kind: "kubeconfig", path, context });
  }
  const found = (await clusters.list()).filter(
    ({ id, name }) => id === cluster || name === cluster,
  );
  const [first, ...others] = found;
  if (first === undefined) throw new StudioError("NOT_FOUND", { what: "cluster", id: cluster });
  if (others.length === 0) return first;
  const reason = "several clusters are called that; use an id";
  throw new StudioError("REQUEST_INVALID", { field: "The cluster", value: cluster, reason });
}

/** The selected project. Refuses as REQUEST_INVALID if there is none. */
export function projectIn({ namespace: own }: Cluster, { namespace }: ClusterFlags): string {
  const project = namespace ?? own ?? undefined;
  if (project !== undefined) return project;
  const reason = "the context names none; use --namespace";
  throw new StudioError("REQUEST_INVALID", { field: "The project", value: "empty", reason });
}

/** The selected deployment. */
export async function placeOf(
  client: StudioClient,
  name: string,
  flags: ClusterFlags,
): Promise<DeploymentPlace> {
  const cluster = await chosenCluster(client, flags);
  return { clusterId: cluster.id, namespace: projectIn(cluster, flags), name };
}
