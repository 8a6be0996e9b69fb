import type { DeployForm } from "../contract/deploy.ts";
import { ANNOTATIONS } from "./annotations.ts";
import type { Reasons } from "./differences.ts";
import { DASHBOARD_LABEL, type KubernetesObject } from "./kubernetes-object.ts";

/** The document's model format, which no other runtime selects automatically. */
export const MODEL_FORMAT = { name: "pytorch-mar", version: "1.0" } as const;

/** The name of Darkroom's runtime for all projects, as in assets/deploy/cluster-serving-runtime.yaml. */
const CLUSTER_RUNTIME = "darkroom";

/** The runtime's name: its deployment's, unless it belongs to the whole cluster. */
export function runtimeName({ runtimeScope, name }: DeployForm): string {
  return runtimeScope === "cluster" ? CLUSTER_RUNTIME : name;
}

/** The document's ServingRuntime for one model deployment, with its errors corrected. */
export function servingRuntime(form: DeployForm): KubernetesObject {
  const { name, namespace } = form;
  return {
    apiVersion: "serving.kserve.io/v1alpha1",
    kind: "ServingRuntime",
    metadata: {
      name,
      namespace,
      labels: DASHBOARD_LABEL,
      annotations: {
        [ANNOTATIONS.displayName]: "TorchServe for Stable Diffusion",
        "opendatahub.io/apiProtocol": "REST",
      },
    },
    spec: runtimeSpec(form, { env: environment(form) }),
  };
}

/** What runs the document's command on its archives; `container` has the parts that differ between runtimes. */
export function runtimeSpec(form: DeployForm, container: object) {
  return {
    annotations: {
      "prometheus.kserve.io/port": "8082",
      "prometheus.kserve.io/path": "/metrics",
    },
    supportedModelFormats: [{ ...MODEL_FORMAT, autoSelect: true }],
    protocolVersions: ["v2"],
    containers: [
      {
        name: "kserve-container",
        image: form.image,
        imagePullPolicy: "IfNotPresent",
        args: [
          "torchserve",
          "--start",
          "--disable-token-auth",
          "--model-store=/mnt/models/model-store",
          "--ts-config=/mnt/models/config/config.properties",
        ],
        ...container,
        resources: resourcesOf(form),
      },
    ],
  };
}

function environment({ gpus, cpu }: DeployForm) {
  return [
    { name: "PROTOCOL_VERSION", value: "v2" },
    { name: "MODEL_LOAD_MAX_TRY", value: "20" },
    { name: "MODEL_LOAD_DELAY", value: "45" },
    { name: "MODEL_LOAD_TIMEOUT", value: "10" },
    ...(gpus === 0 ? [{ name: "OMP_NUM_THREADS", value: threadsOf(cpu.limit) }] : []),
  ];
}

/** One thread per whole processor. */
function threadsOf(cpuLimit: string): string {
  const processors = cpuLimit.endsWith("m") ? Number.parseFloat(cpuLimit) / 1000 : Number(cpuLimit);
  return String(Math.max(1, Math.floor(processors)));
}

/** A container's requests and limits. GPUs are whole numbers, equal in both. */
export function resourcesOf({ cpu, memory, gpus }: DeployForm) {
  const cards = gpus === 0 ? {} : { "nvidia.com/gpu": String(gpus) };
  return {
    requests: { cpu: cpu.request, memory: memory.request, ...cards },
    limits: { cpu: cpu.limit, memory: memory.limit, ...cards },
  };
}

const CONTAINER = "spec.containers.kserve-container";

/** The reasons for each difference from the document's runtime. */
export const RUNTIME_REASONS: Reasons<DeployForm> = {
  "metadata.name":
    "KServe treats a runtime of exactly this name as its own: it sets PROTOCOL_VERSION to v1, which the handler does not speak. Named after the deployment, as the dashboard does, it keeps v2.",
  "metadata.namespace": "It names the project, so that oc apply cannot put it into another one.",
  "metadata.labels": "The dashboard lists only what carries this label.",
  "metadata.annotations":
    "Without apiProtocol the dashboard shows “API protocol: Not defined”; the display name is what it shows for the runtime.",
  [`${CONTAINER}.image`]: "Your own image.",
  [`${CONTAINER}.args.--enable-model-api`]:
    "It lets anyone who reaches port 8085 inside the cluster load any archive, which is code. The model comes from config.properties, so nothing needs it.",
  [`${CONTAINER}.env.TS_SERVICE_ENVELOPE`]:
    "Where the service has no such label, it becomes “<no value>”, and TorchServe's worker never starts; with the label, the handler no longer finds the prompt.",
  [`${CONTAINER}.env.OMP_NUM_THREADS`]:
    "Without a GPU a worker of TorchServe draws with a single thread unless it is told how many to use.",
  [`${CONTAINER}.securityContext`]:
    "This user ID belongs to one project's range. In any other project restricted-v2 refuses the pod; without it OpenShift assigns one that fits.",
  [`${CONTAINER}.resources`]: ({ gpus }) =>
    `Stable Diffusion 2 does not fit into 2Gi, so the pod is killed while it loads${gpus > 0 ? ", and without a GPU in the list it gets none" : ""}.`,
};
