import type { DeployForm } from "../contract/deploy.ts";
import { ANNOTATIONS } from "./annotations.ts";
import type { Reasons } from "./differences.ts";
import { DASHBOARD_LABEL, type KubernetesObject } from "./kubernetes-object.ts";
import { MODEL_FORMAT, resourcesOf, runtimeName } from "./serving-runtime.ts";

/**
 * The runtime itself tries up to 20 times (45 + 10) s to reach the model, after the image was pulled and the bucket
 * copied.
 */
const PROGRESS_DEADLINE = "1800s";

/** The InferenceService that serves the model. */
export function inferenceService(form: DeployForm): KubernetesObject {
  const { path, timeoutSeconds, annotations } = form;
  const written = dashboardService(form);
  const { metadata } = written;
  return {
    ...written,
    metadata: {
      ...metadata,
      annotations: {
        ...metadata.annotations,
        [ANNOTATIONS.routeTimeout]: `${timeoutSeconds}s`,
        ...(form.mode === "serverless" && { [ANNOTATIONS.progressDeadline]: PROGRESS_DEADLINE }),
        ...annotations,
      },
    },
    spec: { predictor: { ...predictorOf(form, path), timeout: timeoutSeconds } },
  };
}

/** What OpenShift AI's dashboard writes for the same form (odh-dashboard, api/k8s/inferenceServices.ts). */
export function dashboardService(form: DeployForm): KubernetesObject {
  const { name, namespace, mode, tokenName, typedPath } = form;
  return {
    apiVersion: "serving.kserve.io/v1beta1",
    kind: "InferenceService",
    metadata: {
      name,
      namespace,
      labels: {
        ...DASHBOARD_LABEL,
        // Without this a plain Deployment gets no route, and can be reached only within the cluster.
        ...(mode === "raw" && { "networking.kserve.io/visibility": "exposed" }),
      },
      annotations: {
        [ANNOTATIONS.displayName]: name,
        [ANNOTATIONS.mode]: mode === "raw" ? "RawDeployment" : "Serverless",
        ...(mode === "serverless" && {
          [ANNOTATIONS.passthrough]: "true",
          [ANNOTATIONS.sidecar]: "true",
          [ANNOTATIONS.probers]: "true",
        }),
        ...(tokenName !== undefined && { [ANNOTATIONS.auth]: "true" }),
      },
    },
    spec: { predictor: predictorOf(form, typedPath) },
  };
}

function predictorOf(form: DeployForm, path: string) {
  const { minReplicas, maxReplicas, gpus, connectionSecret } = form;
  return {
    minReplicas,
    maxReplicas,
    // Nodes with GPUs often have a taint that needs this.
    ...(gpus > 0 && {
      tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
    }),
    model: {
      modelFormat: MODEL_FORMAT,
      runtime: runtimeName(form),
      storage: { key: connectionSecret, path },
      resources: resourcesOf(form),
    },
  };
}

/** The reasons for each difference from the dashboard's InferenceService. */
export const SERVICE_REASONS: Reasons<DeployForm> = {
  "spec.predictor.model.storage.path":
    "Without the slash KServe 0.12 to 0.14 put the archive where TorchServe does not look, and every version also copies folders whose names begin the same.",
  "spec.predictor.timeout": ({ mode }) =>
    mode === "serverless"
      ? "How long Knative lets a request take; it is 300 s where nothing is said."
      : "How long the proxy that checks tokens waits for the model.",
  [`metadata.annotations.${ANNOTATIONS.routeTimeout}`]:
    "An OpenShift route ends a request after 30 s of silence, and an image takes about that long.",
  [`metadata.annotations.${ANNOTATIONS.progressDeadline}`]:
    "Knative gives up on a new revision after 600 s, which pulling the image, copying the archive and loading the model can exceed.",
  "metadata.annotations.*": "You added it.",
};
