import { deployDraftSchema } from "../../engine/contract/deploy.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import type { Cluster } from "../../engine/contract/clusters.ts";
import type { Deployment } from "../../engine/contract/deployments.ts";
import { deployment } from "../../engine/deploy/manifests.ts";
import { connectionOf } from "./fake-buckets.ts";

const CLUSTER: Cluster = {
  id: "cluster",
  kind: "kubeconfig",
  name: "sd-proj/api-cluster-example-com:6443/ada",
  address: "https://api.cluster.example.com:6443",
  kubeconfig: {
    path: "/home/ada/.kube/config",
    context: "sd-proj/api-cluster-example-com:6443/ada",
  },
  namespace: "sd-proj",
  ca: null,
  isInsecure: false,
  createdAt: "2026-11-28T10:00:00.000Z",
};

const READY: Deployment = {
  clusterId: CLUSTER.id,
  namespace: "sd-proj",
  name: "kt2",
  displayName: "kt2",
  mode: "serverless",
  isOurs: true,
  path: "stable-diffusion/",
  minReplicas: 1,
  maxReplicas: 1,
  state: { state: "ready", outlook: "ready", sentence: "The model answers.", lines: [] },
  url: "https://kt2-sd-proj.apps.cluster.example.com",
  createdAt: "2026-11-28T10:05:00.000Z",
};

/** A cluster that answers. */
export function clusterCommands(): StudioClient["clusters"] {
  return {
    list: async () => [CLUSTER],
    contexts: async () => ({
      path: "/home/ada/.kube/config",
      current: CLUSTER.name,
      contexts: [{ name: CLUSTER.name, address: CLUSTER.address, namespace: "sd-proj" }],
    }),
    connect: async () => CLUSTER,
    setToken: async () => CLUSTER,
    disconnect: async () => {},
    test: async () => ({
      at: CLUSTER.createdAt,
      state: "ready",
      ms: 38,
      version: "v1.31.6",
      hasKServe: true,
      isOpenShift: true,
      namespaces: ["sd-proj"],
      missing: [],
    }),
  };
}

/** Manifests as the engine makes them, of the connection that the fake studio has; nothing is written, and one deployment is ready. */
export function deployCommands(): StudioClient["deploy"] {
  const { name, endpoint, region } = connectionOf();
  const connection = { name, endpoint, region, bucket: "models", hasCa: false };
  const object = { namespace: "sd-proj", changes: [], warnings: [], conflicts: [], faults: [] };
  const applied = {
    place: { clusterId: CLUSTER.id, namespace: "sd-proj", name: "kt2" },
    objects: ["ServingRuntime", "InferenceService"].map((kind) => ({
      ...object,
      kind,
      name: "kt2",
      outcome: "created" as const,
    })),
    isSound: true,
  };
  return {
    manifests: async (draft) => deployment(deployDraftSchema.parse(draft), connection),
    save: async ({ folder, ...draft }) => {
      const made = deployment(deployDraftSchema.parse(draft), connection);
      return { ...made, paths: made.files.map((file) => `${folder}/${file.name}`) };
    },
    dryRun: async () => applied,
    apply: async () => ({ ...applied, isApplied: true }),
    list: async () => [READY],
    status: async () => READY,
    watch: async () =>
      (async function* () {
        yield { type: "state" as const, deployment: READY };
      })() as never,
    logs: async () => READY.state.lines,
    addEndpoint: async () => ({ endpointId: "kt2" }),
    scale: async () => ({ notes: [] }),
    redeploy: async () => {},
    remove: async () => ({
      objects: [{ kind: "InferenceService", name: "kt2", outcome: "removed" as const }],
    }),
  };
}
