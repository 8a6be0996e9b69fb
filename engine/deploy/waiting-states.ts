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

/** What is known of a deployment: objects as the Kubernetes API gives them, so of no type that could be relied on. */
export interface Observed {
  /** The InferenceService. */
  readonly service: unknown;
  /** Its pods, of every revision. */
  readonly pods?: unknown;
  /** Events about it, its pods and what makes them. */
  readonly events?: unknown;
  /** The last lines of the newest pod's containers, by the container's name: lists of texts. */
  readonly logs?: unknown;
}

/** What a state means, where a verdict says nothing else. */
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
 * What a deployment waits for, in words. Anything may be given: what has another form than Kubernetes' and KServe's
 * (0.11 to 0.15, serverless and raw) is ignored. Never throws; no text in it is longer than a screen can hold.
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
      sentence: "The cluster has taken the deployment and has not begun with it.",
    }
  );
}

/** KServe 0.15 takes everything down that has this annotation, and says so in a condition. */
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

/** Whether KServe says "ready", and says it of what was asked for last. */
function isServing(service: unknown, conditions: readonly Condition[]): boolean {
  if (!conditions.some(({ type, status }) => type === "Ready" && status === "True")) return false;
  const [wanted, observed] = [
    numberAt(service, "metadata", "generation"),
    numberAt(service, "status", "observedGeneration"),
  ];
  // A plain Deployment's own generation stands there in the raw mode of 0.12 and 0.13, which counts less.
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
      sentence: "The deployment is ready and rests with 0 replicas.",
      advice: "The first request starts it, and waits until the model is loaded.",
    };
  }
  return { state: "ready", sentence: "The deployment is ready: it answers requests." };
}

/** What KServe's model status refuses for good. */
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

/** Why there is no pod: what makes pods says it in events, and KServe repeats it in its conditions. */
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

/** Conditions of a service in the order in which they become true, by what is not ready while they are not. */
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
    // Until the predictor is ready its routes cannot be; KServe says so of each.
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
