import type { ClusterCheck } from "../contract/clusters.ts";
import { DEPLOYED_KINDS, PROJECT_KINDS } from "../deploy/applied-objects.ts";
import { fieldOf, textAt } from "../deploy/waiting/observed.ts";
import type { ClusterClient } from "./cluster-client.ts";
import { itemsOf } from "./reply-body.ts";

/** More projects than a person chooses from. */
const MAX_NAMESPACES = 500;

/** Permissions that deploying needs in a project: verb, group and resource. */
const NEEDED = [
  ...PROJECT_KINDS.map((kind) => DEPLOYED_KINDS[kind]).flatMap(({ apiVersion, plural }) =>
    ["get", "create", "patch"].map((verb) => [verb, groupOf(apiVersion), plural] as const),
  ),
  ["list", "", "pods"],
  ["get", "", "pods/log"],
] as const;

type Found = Omit<ClusterCheck, "at" | "state" | "ms">;

/**
 * What a cluster says about itself, and which permissions for a deployment are missing. Refuses as one of the CLUSTER
 * codes.
 */
export async function checkCluster(
  client: ClusterClient,
  namespace: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const { gitVersion } = await client.get({ path: "/version", signal });
  const { groups } = await client.get({ path: "/apis", signal });
  const names = itemsOf({ items: groups }).map((group) => textAt(group, "name"));
  return {
    ...(typeof gitVersion === "string" && { version: gitVersion.slice(0, 100) }),
    hasKServe: names.includes("serving.kserve.io"),
    isOpenShift: names.includes("route.openshift.io"),
    namespaces: await namespacesOf(client, names, signal),
    missing: namespace === undefined ? [] : await missingIn(client, namespace, signal),
  };
}

/** OpenShift lists the user's own projects, while few users may list Kubernetes' namespaces. */
async function namespacesOf(
  client: ClusterClient,
  groups: readonly unknown[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const path = groups.includes("project.openshift.io")
    ? "/apis/project.openshift.io/v1/projects"
    : "/api/v1/namespaces";
  const { status, body } = await client.ask({
    path,
    query: { limit: String(MAX_NAMESPACES) },
    signal,
  });
  if (status !== 200) return [];
  return itemsOf(body)
    .map((item) => textAt(item, "metadata", "name"))
    .filter((name) => !/^(openshift-|kube-|default$|openshift$)/.test(name))
    .toSorted();
}

async function missingIn(
  client: ClusterClient,
  namespace: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const answers = await Promise.all(
    NEEDED.map(async ([verb, group, what]) => {
      const [resource, subresource] = what.split("/");
      const attributes = { namespace, verb, group, resource, subresource };
      const { status, body } = await client.ask({
        method: "POST",
        path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        body: {
          apiVersion: "authorization.k8s.io/v1",
          kind: "SelfSubjectAccessReview",
          spec: { resourceAttributes: attributes },
        },
        signal,
      });
      // A permission that cannot be checked does not count as missing.
      const isAllowed = status >= 300 || fieldOf(body, "status", "allowed") === true;
      return isAllowed ? [] : [`${verb} ${what}`];
    }),
  );
  return answers.flat();
}

function groupOf(apiVersion: string): string {
  const [group = ""] = apiVersion.includes("/") ? apiVersion.split("/") : [];
  return group;
}
