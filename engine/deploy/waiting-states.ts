import {
  type DeployState,
  type DeployStateName,
  WATCHED_CONTAINERS,
} from "../contract/deploy-states.ts";
import { readLogs } from "./waiting/container-log.ts";
import { type Logs, troubleVerdict } from "./waiting/containers.ts";
import {
  type Condition,
  conditionsOf,
  eventsOf,
  fieldOf,
  numberAt,
  type ObservedEvent,
  textAt,
} from "./waiting/observed.ts";
import { newestPod, podVerdict } from "./waiting/pod.ts";
import { refusalIn } from "./waiting/refusals.ts";
import { quoting, type Verdict } from "./waiting/verdict.ts";

/** What is known about a deployment: objects from the Kubernetes API, whose types cannot be relied on. */
export interface Observed {
  /** The InferenceService. */
  readonly service: unknown;
  /** Its pods, of every revision. */
  readonly pods?: unknown;
  /** Events about it, its pods and their controllers. */
  readonly events?: unknown;
  /** The last lines of the newest pod's containers, by container name: lists of texts. */
  readonly logs?: unknown;
}

/** The outlook of each state, unless a verdict has its own. */
const OUTLOOK: Readonly<Record<DeployStateName, DeployState["outlook"]>> = {
  requested: "waiting",
  invalid: "trouble",
  "quota-exceeded": "trouble",
  "security-refused": "trouble",
  unschedulable: "trouble",
  starting: "waiting",
  "mount-failed": "trouble",
  "image-pulling": "waiting",
  "image-failed": "trouble",
  "storage-copying": "waiting",
  "storage-failed": "trouble",
  "model-loading": "waiting",
  "model-failed": "trouble",
  "worker-died": "trouble",
  "out-of-memory": "trouble",
  "crash-looping": "trouble",
  "queue-full": "trouble",
  "revision-not-ready": "waiting",
  "route-not-ready": "waiting",
  "scaled-to-zero": "ready",
  removing: "waiting",
  ready: "ready",
};

/**
 * What a deployment is waiting for, in words. Accepts anything: what does not have the form of Kubernetes' and KServe's
 * objects (0.11 to 0.15, serverless and raw) is ignored. Never throws; its texts fit on a screen.
 */
export function waitingState({ service, pods, events, logs }: Observed): DeployState {
  const read = readLogs(logs);
  const told = eventsOf(events);
  const verdict = verdictOn(service, newestPod(pods), told, read);
  return {
    outlook: OUTLOOK[verdict.state],
    ...verdict,
    lines: WATCHED_CONTAINERS.flatMap((container) => read[container].told()),
  };
}

function verdictOn(
  service: unknown,
  pod: unknown,
  events: readonly ObservedEvent[],
  logs: Logs,
): Verdict {
  const conditions = conditionsOf(service);
  const ending = endingVerdict(service, conditions);
  if (ending !== undefined) return ending;
  if (isServing(service, conditions)) return servingVerdict(service, pod, logs);
  const name = textAt(pod, "metadata", "name");
  const own = events.filter(({ about }) => about === name);
  return (
    invalidVerdict(service) ??
    (pod === undefined ? undefined : podVerdict({ pod, events: own, logs })) ??
    (pod === undefined ? podlessVerdict(service, conditions, events) : undefined) ??
    conditionVerdict(conditions, pod !== undefined) ?? {
      state: "requested",
      sentence: "The cluster has accepted the deployment but has not started it yet.",
    }
  );
}

/** KServe 0.15 removes everything of a service with this annotation, and says so in a condition. */
const STOP = "serving.kserve.io/stop";

function endingVerdict(service: unknown, conditions: readonly Condition[]): Verdict | undefined {
  if (fieldOf(service, "metadata", "deletionTimestamp") !== undefined) {
    return { state: "removing", sentence: "The deployment is being removed." };
  }
  const isStopped =
    textAt(service, "metadata", "annotations", STOP).toLowerCase() === "true" ||
    conditions.some(({ type, status }) => type === "Stopped" && status === "True");
  if (!isStopped && numberAt(service, "spec", "predictor", "maxReplicas") !== 0) return undefined;
  return {
    state: "scaled-to-zero",
    outlook: "waiting",
    sentence: "The deployment is stopped and has no replica.",
    advice: "Scale it back to 1 to generate images.",
  };
}

/** Whether KServe reports "ready" for the latest generation. */
function isServing(service: unknown, conditions: readonly Condition[]): boolean {
  if (!conditions.some(({ type, status }) => type === "Ready" && status === "True")) return false;
  const [wanted, observed] = [
    numberAt(service, "metadata", "generation"),
    numberAt(service, "status", "observedGeneration"),
  ];
  // In raw mode, 0.12 and 0.13 put a plain Deployment's own generation there, which is smaller.
  return wanted === undefined || observed === undefined || isRaw(service) || observed >= wanted;
}

function isRaw(service: unknown): boolean {
  const mode =
    textAt(service, "status", "deploymentMode") ||
    textAt(service, "metadata", "annotations", "serving.kserve.io/deploymentMode");
  return mode === "RawDeployment" || mode === "Standard";
}

function servingVerdict(service: unknown, pod: unknown, logs: Logs): Verdict {
  const trouble = logs["kserve-container"].trouble();
  if (trouble !== undefined && pod !== undefined) {
    return troubleVerdict(trouble);
  }
  if (pod === undefined && numberAt(service, "spec", "predictor", "minReplicas") === 0) {
    return {
      state: "scaled-to-zero",
      sentence: "The deployment is ready and scaled to 0 replicas.",
      advice: "The first request starts it, and waits until the model is loaded.",
    };
  }
  return { state: "ready", sentence: "The deployment is ready: it answers requests." };
}

/** Values of KServe's model status that are final. */
const INVALID = /^(NoSupportingRuntime|RuntimeNotRecognized|RuntimeDisabled|InvalidPredictorSpec)$/;

function invalidVerdict(service: unknown): Verdict | undefined {
  const status = fieldOf(service, "status", "modelStatus");
  const reason = textAt(status, "lastFailureInfo", "reason");
  const message = textAt(status, "lastFailureInfo", "message");
  if (textAt(status, "transitionStatus") !== "InvalidSpec" && !INVALID.test(reason)) {
    return undefined;
  }
  const known = refusalIn(`${reason} ${message}`.trim());
  if (known?.state === "invalid") return quoting(known, message);
  const sentence = "KServe cannot use the deployment as it is written.";
  return quoting({ state: "invalid", sentence }, message);
}

/** Why there is no pod: controllers say so in events, and KServe repeats it in its conditions. */
function podlessVerdict(
  service: unknown,
  conditions: readonly Condition[],
  events: readonly ObservedEvent[],
): Verdict | undefined {
  const failed = events.findLast(({ reason, kind }) => reason === "FailedCreate" && kind !== "Pod");
  const internal = events.findLast(({ reason }) => reason === "InternalError");
  const messages = [
    failed?.message ?? "",
    ...conditions.filter(({ status }) => status !== "True").map(({ message }) => message),
    textAt(service, "status", "modelStatus", "lastFailureInfo", "message"),
    internal?.message ?? "",
  ];
  for (const message of messages) {
    const known = refusalIn(message);
    if (known !== undefined) return known;
  }
  if (failed === undefined) return undefined;
  const sentence = "The cluster refuses to create the pod.";
  return quoting({ state: "revision-not-ready", outlook: "trouble", sentence }, failed.message);
}

/** A service's conditions in the order in which they become true, with what is not ready until then. */
const ON_THE_WAY = [
  [/^Predictor(ConfigurationReady|Ready)$/, "revision-not-ready"],
  [/^(PredictorRouteReady|RoutesReady|IngressReady)$/, "route-not-ready"],
] as const;

const SENTENCES = {
  "revision-not-ready": "The model server is not ready yet.",
  "route-not-ready": "The model server is ready; its address is being set up.",
} as const;

function conditionVerdict(conditions: readonly Condition[], hasPod: boolean): Verdict | undefined {
  const open = conditions.filter(({ status }) => status !== "True");
  for (const [types, state] of ON_THE_WAY) {
    // Routes cannot be ready before the predictor; KServe reports each of them.
    const found =
      open.find(({ type, status }) => types.test(type) && status === "False") ??
      open.find(({ type }) => types.test(type));
    if (found === undefined) continue;
    const { status, reason, message } = found;
    const known = refusalIn(`${reason} ${message}`);
    if (known !== undefined) return quoting(known, message);
    if (!hasPod && state === "revision-not-ready" && message === "") continue;
    const isStuck = status === "False" && !/NotReady|Missing|Unavailable|not ready/.test(reason);
    return quoting(
      { state, sentence: SENTENCES[state], ...(isStuck && { outlook: "trouble" as const }) },
      message,
    );
  }
  return undefined;
}
