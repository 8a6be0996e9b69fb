/**
 * What KServe, Knative and a node write while a deployment starts, for a test that writes it instead: a pod and the
 * status of its InferenceService (serverless, KServe 0.12), stage by stage.
 */
export type Stage = "unschedulable" | "copying" | "pulling" | "loading" | "routing" | "ready";

const IMAGE = "quay.io/jary/torchserve-kfs:0.12.0-gpu";

const STORAGE_LOG = [
  "INFO:root:Initializing, args: src_uri [s3://models/stable-diffusion/] dest_path[ [/mnt/models]",
  "INFO:root:Copying contents of s3://models/stable-diffusion/ to local",
  "INFO:root:Downloaded object stable-diffusion/config/config.properties to /mnt/models/config/config.properties",
];
const SERVING_LOG = [
  "INFO:root:Wrapper: loading configuration from /mnt/models/config/config.properties",
  "INFO:kserve:Copying contents of /mnt/models/model-store to local",
  "INFO:root:Loading stable-diffusion .. 2 of 20 tries..",
  "INFO:root:Sleep 45 seconds for load stable-diffusion..",
];

/** The logs at a stage, by container. */
export function logsAt(stage: Stage): Readonly<Record<string, string>> {
  if (stage === "unschedulable") return {};
  const storage = { "storage-initializer": `${STORAGE_LOG.join("\n")}\n` };
  if (stage === "copying" || stage === "pulling") return storage;
  return { ...storage, "kserve-container": `${SERVING_LOG.join("\n")}\n` };
}

/** The pod of a service; the time is that of its creation. */
export function podAt(stage: Stage, service: string, namespace: string) {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${service}-predictor-00001-deployment-7447db456d-547l6`,
      namespace,
      labels: { "serving.kserve.io/inferenceservice": service },
      creationTimestamp: "2026-11-28T10:00:00Z",
    },
    spec: {
      initContainers: [
        { name: "storage-initializer", image: "kserve/storage-initializer:v0.12.1" },
      ],
      containers: [{ name: "kserve-container", image: IMAGE }],
    },
    status: podStatus(stage),
  };
}

function podStatus(stage: Stage) {
  const placed = { type: "PodScheduled", status: "True" };
  const status = (name: string, state: object, ready = false) => {
    return { name, ready, state, restartCount: 0, image: IMAGE, imageID: "" };
  };
  const running = { running: { startedAt: "2026-11-28T10:01:00Z" } };
  const initializing = { waiting: { reason: "PodInitializing" } };
  const copied = { terminated: { exitCode: 0, reason: "Completed" } };
  const both = (storage: object, serving: object, ready = false) => ({
    phase: ready ? "Running" : "Pending",
    conditions: [placed, { type: "Ready", status: ready ? "True" : "False" }],
    initContainerStatuses: [status("storage-initializer", storage, ready)],
    containerStatuses: [status("kserve-container", serving, ready)],
  });
  switch (stage) {
    case "unschedulable": {
      const message = "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.";
      const open = { type: "PodScheduled", status: "False", reason: "Unschedulable", message };
      return { phase: "Pending", conditions: [open] };
    }
    case "copying":
      return both(running, initializing);
    case "pulling": {
      const message = `Back-off pulling image "${IMAGE}"`;
      return both(copied, { waiting: { reason: "ImagePullBackOff", message } });
    }
    case "loading":
      return both(copied, running);
    case "routing":
    case "ready":
      return both(copied, running, true);
  }
}

/** The status of an InferenceService; `url` is its address once it is ready. */
export function statusAt(stage: Stage, url: string) {
  const isReady = stage === "ready";
  const isServing = isReady || stage === "routing";
  const now = "2026-11-28T10:02:00Z";
  const condition = (type: string, holds: boolean) => {
    return { type, status: holds ? "True" : "Unknown", lastTransitionTime: now };
  };
  return {
    observedGeneration: 1,
    conditions: [
      condition("IngressReady", isReady),
      condition("LatestDeploymentReady", isServing),
      condition("PredictorConfigurationReady", isServing),
      condition("PredictorReady", isServing),
      condition("PredictorRouteReady", isReady),
      condition("Ready", isReady),
      condition("RoutesReady", isReady),
    ],
    modelStatus: {
      transitionStatus: isReady ? "UpToDate" : "InProgress",
      states: { activeModelState: isReady ? "Loaded" : "", targetModelState: "Loading" },
    },
    ...(isReady && { url }),
  };
}
