import type { Cluster, ClusterCheck } from "../../engine/contract/clusters.ts";
import type { DeployState } from "../../engine/contract/deploy-states.ts";
import type {
  Applied,
  AppliedObject,
  Deployment,
  WatchedDeployment,
} from "../../engine/contract/deployments.ts";
import { StudioError, toWire } from "../../engine/contract/errors.ts";
import type { StudioEvent } from "../../engine/contract/events.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import { waitingState } from "../../engine/deploy/waiting-states.ts";
import type { Scene } from "./fake-studio.ts";
import { ConnectionLost } from "../../renderer/connection/failure.ts";

const CHECK: ClusterCheck = {
  at: "2026-11-28T10:00:00.000Z",
  state: "ready",
  ms: 38,
  version: "v1.31.6",
  hasKServe: true,
  isOpenShift: true,
  namespaces: ["sd-proj"],
  missing: [],
};

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
  check: CHECK,
  createdAt: "2026-11-28T10:00:00.000Z",
};

const REFUSED = toWire(
  new StudioError("REQUEST_INVALID", {
    field: "The token",
    value: "sha256~…",
    reason: "the cluster does not accept it; log in again with oc login",
  }),
);

const READY: DeployState = {
  state: "ready",
  outlook: "ready",
  sentence: "The deployment is ready: it answers requests.",
  lines: waitingState({
    service: {},
    logs: {
      "kserve-container": [
        "2024-10-15T18:46:10,269 [DEBUG] W-9000-stable-diffusion_1.0 org.pytorch.serve.wlm.WorkerThread - W-9000-stable-diffusion_1.0 State change WORKER_STARTED -> WORKER_MODEL_LOADED",
        "INFO:root:The model stable-diffusion is ready",
      ],
    },
  }).lines,
};

const LOADING = waitingState({
  service: {},
  pods: [
    {
      metadata: { name: "kt2-predictor" },
      status: { containerStatuses: [{ name: "kserve-container", state: { running: {} } }] },
    },
  ],
  logs: {
    "storage-initializer": [
      "INFO:root:Copying contents of s3://models/stable-diffusion/ to local",
      "INFO:root:Downloaded object stable-diffusion/model-store/stable-diffusion.mar to /mnt/models/model-store/stable-diffusion.mar",
      "INFO:root:Successfully copied s3://models/stable-diffusion/ to /mnt/models",
    ],
    "kserve-container": [
      "INFO:root:Wrapper: loading configuration from /mnt/models/config/config.properties",
      "INFO:root:Protocol version is v2",
      "INFO:root:Loading stable-diffusion .. 3 of 20 tries..",
      "INFO:root:The model stable-diffusion is not ready",
      "INFO:root:Sleep 45 seconds for load stable-diffusion..",
    ],
  },
});

const NO_GPU = waitingState({
  service: {},
  pods: [
    {
      metadata: { name: "kt2-predictor" },
      status: {
        conditions: [
          {
            type: "PodScheduled",
            status: "False",
            message:
              "0/6 nodes are available: 3 Insufficient nvidia.com/gpu, 3 node(s) had untolerated taint {node-role.kubernetes.io/master: }. preemption: 0/6 nodes are available.",
          },
        ],
      },
    },
  ],
});

const NO_KEYS = waitingState({
  service: {},
  pods: [
    {
      metadata: { name: "kt2-predictor" },
      status: {
        initContainerStatuses: [
          {
            name: "storage-initializer",
            restartCount: 3,
            state: { waiting: { reason: "CrashLoopBackOff" } },
            lastState: { terminated: { exitCode: 1, reason: "Error" } },
          },
        ],
      },
    },
  ],
  logs: {
    "storage-initializer": [
      "INFO:root:Copying contents of s3://models/stable-diffusion/ to local",
      "Traceback (most recent call last):",
      "botocore.exceptions.ClientError: An error occurred (InvalidAccessKeyId) when calling the ListObjects operation: The Access Key Id you provided does not exist in our records.",
    ],
  },
});

const deploymentOf = (name: string, state: DeployState, rest: Partial<Deployment> = {}) => ({
  clusterId: CLUSTER.id,
  namespace: "sd-proj",
  name,
  displayName: name,
  mode: "serverless" as const,
  isOurs: true,
  path: "stable-diffusion/",
  minReplicas: 1,
  maxReplicas: 1,
  state,
  createdAt: "2026-11-28T10:05:00.000Z",
  ...(state.outlook === "ready" && { url: `https://${name}-sd-proj.apps.cluster.example.com` }),
  ...rest,
});

/** The deployments of a scene; a watch reports on the first one. */
const DEPLOYED: Readonly<Partial<Record<Scene, readonly Deployment[]>>> = {
  few: [deploymentOf("kt2", READY)],
  busy: [deploymentOf("kt2", LOADING)],
  failed: [deploymentOf("kt2", NO_KEYS), deploymentOf("sd-on-gpu", NO_GPU)],
  many: [
    deploymentOf("kt2", READY),
    deploymentOf("stable-diffusion-768-v-with-a-long-name", LOADING),
    deploymentOf("sd-on-gpu", NO_GPU),
    deploymentOf("granite", READY, { isOurs: false, displayName: "Granite 3.1 8B instruct" }),
    ...Array.from({ length: 12 }, (_, index) =>
      deploymentOf(`sd-${index + 1}`, READY, { minReplicas: index % 3, maxReplicas: 3 }),
    ),
  ],
};

const objectOf = (kind: string, rest: Partial<AppliedObject> = {}): AppliedObject => ({
  kind,
  name: "stable-diffusion",
  namespace: "sd-proj",
  outcome: "created",
  changes: [],
  warnings: [],
  conflicts: [],
  faults: [],
  ...rest,
});

function appliedIn(scene: Scene, force: boolean): Applied {
  const place = { clusterId: CLUSTER.id, namespace: "sd-proj", name: "stable-diffusion" };
  const kinds = ["Secret", "ServiceAccount", "Role", "RoleBinding", "ServingRuntime"];
  if (scene === "failed") {
    const reason = 'must be one of the quantities that the project allows: "10Gi" is above 8Gi';
    const path = "spec.predictor.model.resources.limits.memory";
    const faults = [{ path, reason, field: "memoryLimit" as const }];
    const refused = objectOf("InferenceService", { outcome: "refused", error: REFUSED, faults });
    return { place, objects: [...kinds.map((kind) => objectOf(kind)), refused], isSound: false };
  }
  if (scene !== "many") {
    const objects = [...kinds, "InferenceService"].map((kind) => objectOf(kind));
    return { place, objects, isSound: true };
  }
  const changed = objectOf("InferenceService", {
    outcome: "changed",
    changes: [
      { path: "spec.predictor.minReplicas", before: "0", after: "1" },
      { path: "spec.predictor.model.resources.limits.memory", before: "8Gi", after: "10Gi" },
      {
        path: "metadata.annotations.haproxy.router.openshift.io/timeout",
        after: "300s",
      },
    ],
    warnings: ['unknown field "spec.predictor.model.storage.schemaPath" is ignored'],
    conflicts: force ? [] : [{ manager: "kubectl-edit", path: "spec.predictor.minReplicas" }],
  });
  const unchanged = kinds.map((kind) => objectOf(kind, { outcome: "unchanged" }));
  return { place, objects: [...unchanged, changed], isSound: force };
}

/** A cluster that answers or, in some scenes, does not. */
export class FakeClusters {
  readonly #scene: Scene;
  readonly #tell: (event: StudioEvent) => void;
  #clusters: readonly Cluster[];

  constructor(scene: Scene, tell: (event: StudioEvent) => void) {
    this.#scene = scene;
    this.#tell = tell;
    const check: ClusterCheck =
      scene === "failed" ? { ...CHECK, state: "failed", error: REFUSED } : CHECK;
    const has = !["empty", "welcome"].includes(scene);
    this.#clusters = has ? [{ ...CLUSTER, check }] : [];
  }

  clusters(): StudioClient["clusters"] {
    const added = async () => {
      this.#clusters = [CLUSTER];
      this.#tell({ type: "clusters-changed", clusters: [CLUSTER] });
      return CLUSTER;
    };
    return {
      list: async () => [...this.#clusters],
      contexts: async () => ({
        path: "/home/ada/.kube/config",
        current: CLUSTER.name,
        contexts: [
          { name: CLUSTER.name, address: CLUSTER.address, namespace: "sd-proj" },
          { name: "kind", fault: "It names a user that the file does not have." },
        ],
      }),
      connect: added,
      setToken: added,
      disconnect: async ({ id }) => {
        this.#clusters = [];
        this.#tell({ type: "clusters-removed", ids: [id] });
      },
      test: async () => CHECK,
    };
  }

  deployments(): Omit<StudioClient["deploy"], "manifests" | "save"> {
    const all = DEPLOYED[this.#scene] ?? [];
    const [first = deploymentOf("kt2", READY)] = all;
    return {
      dryRun: async ({ force = false }) => appliedIn(this.#scene, force),
      apply: async ({ force = false }) => {
        const applied = appliedIn(this.#scene, force);
        return { ...applied, isApplied: applied.isSound };
      },
      list: async () => {
        if (this.#scene === "lost") throw new ConnectionLost();
        return [...all];
      },
      status: async () => first,
      watch: async () => watching(first) as never,
      logs: async () => first.state.lines,
      addEndpoint: async () => ({ endpointId: "kt2" }),
      scale: async () => ({ notes: [] }),
      redeploy: async () => {},
      remove: async () => ({
        objects: [
          { kind: "InferenceService", name: "kt2", outcome: "removed" },
          { kind: "ServingRuntime", name: "kt2", outcome: "removed" },
          { kind: "Role", name: "kt2-view-role", outcome: "removed" },
          {
            kind: "Secret",
            name: "aws-connection-models",
            outcome: "kept",
            reason: "Another deployment uses it.",
          },
        ],
      }),
    };
  }
}

/** Reports the state, then the endpoint if it is ready, and then nothing more. */
async function* watching(deployment: Deployment): AsyncGenerator<WatchedDeployment> {
  yield { type: "state", deployment };
  if (deployment.state.outlook === "ready") yield { type: "endpoint", endpointId: "kt2" };
  await new Promise(() => {});
}
