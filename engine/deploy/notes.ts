import type { DeployForm } from "../contract/deploy.ts";
import type { ConnectionFacts } from "./access.ts";
import { readQuantity } from "./values.ts";

/**
 * The memory limit that Darkroom needs for 768x768 on a CPU in int8: with 3 GiB it was drawn, peaking at 2.58 GB from
 * the command line and at 2.88 GB through the server; with 2 GiB it was killed (assets/deploy/README.md, Limits).
 */
const DARKROOM_MEMORY = 3 * 2 ** 30;
/** What Stable Diffusion 2 needs while loading: 2.6 GB of archive, the same unpacked, and Python with torch. */
const ENOUGH_MEMORY = 6 * 2 ** 30;
/** Knative's default time limit for the first byte of a reply. */
const FIRST_BYTE_SECONDS = 300;
/** KServe's wrapper waits no longer for TorchServe. */
const WRAPPER_SECONDS = 600;

/** Notes about a valid form that are worth knowing before applying it. */
export function deploymentNotes(form: DeployForm, connection: ConnectionFacts): string[] {
  return [
    ...connectionNotes(form, connection),
    ...modeNotes(form),
    ...scopeNotes(form),
    ...timeoutNotes(form),
    ...sizeNotes(form),
  ];
}

function connectionNotes(
  { connectionSecret, writesConnection }: DeployForm,
  { endpoint, hasCa }: ConnectionFacts,
): string[] {
  const host = URL.parse(
    /^https?:\/\//.test(endpoint) ? endpoint : `https://${endpoint}`,
  )?.hostname;
  const isHere = host !== undefined && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host);
  return [
    ...(isHere
      ? [
          `The connection's endpoint ${endpoint} is this computer; the cluster cannot reach it there.`,
        ]
      : []),
    ...(hasCa
      ? [
          "The bucket's certificate is signed by a private CA. Add that CA to OpenShift AI's trusted CA bundle, or the copy from the bucket fails.",
        ]
      : []),
    ...(writesConnection
      ? []
      : [`The project must have a connection whose Secret is called ${connectionSecret}.`]),
  ];
}

function modeNotes({ mode, kserve, tokenName }: DeployForm): string[] {
  return [
    ...(mode === "serverless" && kserve === "0.15"
      ? ["OpenShift AI 3 no longer has the serverless mode; there, choose Standard."]
      : []),
    ...(tokenName === undefined
      ? ["Without token authentication everybody who reaches the route can generate images."]
      : []),
  ];
}

function scopeNotes({ runtimeScope }: DeployForm): string[] {
  return runtimeScope === "cluster"
    ? [
        "The runtime belongs to the whole cluster: applying it takes a cluster administrator (role cluster-admin) and no project. Once it exists, everyone else can apply the rest; oc then reports the runtime as forbidden or unchanged.",
        "Every deployment that names this runtime uses the image and settings that were applied last, and removing a deployment leaves the runtime.",
      ]
    : [];
}

function timeoutNotes({ mode, runtime, timeoutSeconds }: DeployForm): string[] {
  return [
    ...(mode === "serverless" && timeoutSeconds > FIRST_BYTE_SECONDS
      ? [
          `Knative ends a request whose reply has not begun after ${FIRST_BYTE_SECONDS} s, unless revision-response-start-timeout-seconds of its ConfigMap config-defaults is raised.`,
        ]
      : []),
    ...(timeoutSeconds > WRAPPER_SECONDS && runtime === "torchserve"
      ? [
          `KServe's wrapper waits ${WRAPPER_SECONDS} s for TorchServe, however long the route may take.`,
        ]
      : []),
  ];
}

function sizeNotes({ memory, runtime, gpus, minReplicas }: DeployForm): string[] {
  const limit = readQuantity(memory.limit, "memory");
  const bytes = "value" in limit ? limit.value : Infinity;
  const isDarkroom = runtime === "darkroom";
  return [
    ...(bytes < (isDarkroom ? DARKROOM_MEMORY : ENOUGH_MEMORY)
      ? [
          isDarkroom
            ? `A memory limit of ${memory.limit} is too low for 768×768 by Balanced or Fast: the pod is killed while it draws. Raise it to 3Gi at least.`
            : `A memory limit of ${memory.limit} is low for Stable Diffusion 2: below 6Gi the pod may be killed while the model loads.`,
        ]
      : []),
    ...(gpus === 0
      ? [
          isDarkroom
            ? "Without a GPU an image of 768×768 takes minutes, even by Fast. Set the timeouts accordingly."
            : "Without a GPU an image of 768×768 takes many minutes, longer than most timeouts.",
        ]
      : []),
    ...(minReplicas === 0
      ? ["With 0 replicas the first request after a pause waits until the model is loaded again."]
      : []),
  ];
}
