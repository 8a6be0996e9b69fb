import type { DeployForm } from "../contract/deploy.ts";
import { ANNOTATIONS } from "./annotations.ts";
import type { Reasons } from "./differences.ts";
import { RUNTIME_REASONS, runtimeName, runtimeSpec, servingRuntime } from "./serving-runtime.ts";
import type { KubernetesObject } from "./kubernetes-object.ts";

/** Where its container writes: unpacked archives, and int8 weights. */
const WRITABLE = { name: "tmp", mountPath: "/tmp" };

/** The document's ServingRuntime with Darkroom's image instead of TorchServe's, for one project or for all. */
export function darkroomRuntime(form: DeployForm): KubernetesObject {
  const theirs = servingRuntime(form);
  const isForAll = form.runtimeScope === "cluster";
  const { namespace, labels, annotations } = theirs.metadata;
  return {
    ...theirs,
    kind: isForAll ? "ClusterServingRuntime" : theirs.kind,
    metadata: {
      name: runtimeName(form),
      ...(!isForAll && { namespace, labels }),
      annotations: {
        ...annotations,
        [ANNOTATIONS.displayName]: "Darkroom for Stable Diffusion",
      },
    },
    spec: {
      ...runtimeSpec(form, ownOf(form)),
      volumes: [{ name: WRITABLE.name, emptyDir: {} }],
    },
  };
}

/** What its container has in addition to the document's command. */
function ownOf({ gpus }: DeployForm) {
  return {
    env: [
      { name: "MODEL_LOAD_MAX_TRY", value: "20" },
      { name: "MODEL_LOAD_DELAY", value: "45" },
      { name: "DARKROOM_PRESET", value: gpus === 0 ? "fast" : "exact" },
    ],
    ports: [{ containerPort: 8080, protocol: "TCP" }],
    readinessProbe: {
      httpGet: { path: "/v2/health/ready", port: 8080 },
      periodSeconds: 5,
      timeoutSeconds: 3,
    },
    livenessProbe: {
      httpGet: { path: "/v2/health/live", port: 8080 },
      periodSeconds: 10,
      timeoutSeconds: 5,
    },
    securityContext: {
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
    volumeMounts: [WRITABLE],
  };
}

const CONTAINER = "spec.containers.kserve-container";

/** The reasons for each difference from the document's runtime. */
export const DARKROOM_REASONS: Reasons<DeployForm> = {
  ...RUNTIME_REASONS,
  kind: "One object for every project of the cluster, which only its administrator can apply.",
  "metadata.name": (form) => {
    if (form.runtimeScope === "project") return String(RUNTIME_REASONS["metadata.name"]);
    return "It belongs to no single deployment. The InferenceService names it as its runtime.";
  },
  [`${CONTAINER}.image`]: "Darkroom's image, which you build; it takes the same command.",
  [`${CONTAINER}.args.--enable-model-api`]:
    "It lets anyone who reaches port 8085 inside the cluster load any archive of the model store. The model comes from config.properties, so nothing needs it.",
  [`${CONTAINER}.env.TS_SERVICE_ENVELOPE`]:
    "Darkroom reads requests by their address; an envelope has no meaning for it.",
  [`${CONTAINER}.env.PROTOCOL_VERSION`]: "Darkroom answers v1, v2 and gRPC at once.",
  [`${CONTAINER}.env.MODEL_LOAD_TIMEOUT`]:
    "TorchServe's wrapper waits for it by this. Darkroom loads the model itself.",
  [`${CONTAINER}.env.DARKROOM_PRESET`]: ({ gpus }) =>
    gpus === 0
      ? "Without a GPU, requests that name no preset are drawn by Fast: Exact would take longer than the timeouts allow."
      : "Requests that name no preset are drawn with the model's own steps, in full precision.",
  [`${CONTAINER}.ports`]: "The port that KServe routes to.",
  [`${CONTAINER}.readinessProbe`]:
    "The pod gets requests once the model has drawn, and none while the next one would fail.",
  [`${CONTAINER}.livenessProbe`]: "A process that no longer answers is restarted.",
  [`${CONTAINER}.securityContext`]:
    "A fixed user ID lies in the range of one project; in any other project restricted-v2 refuses the pod. Darkroom runs as any user, and writes nothing but to the volume tmp.",
  [`${CONTAINER}.volumeMounts`]: "Where the archive is unpacked, and weights are made in int8.",
  "spec.volumes": "An empty folder of the pod's own, which goes when the pod goes.",
  [`${CONTAINER}.resources`]: ({ gpus }) =>
    `An image of 768×768 by Balanced or Fast does not fit into 2Gi: the pod is killed while it is drawn${gpus > 0 ? ", and without a GPU in the list it gets none" : ""}.`,
};

/** Commands that build Darkroom's image from its source folder and push it to where the cluster pulls it from. */
export function darkroomBuildCommands({ image, gpus }: DeployForm): string[] {
  const devices = gpus > 0 ? " --build-arg DEVICES=cuda" : "";
  return [
    `docker build -f assets/deploy/Containerfile${devices} -t ${image} .`,
    `docker push ${image}`,
  ];
}
