import { copying, crashed, failedCopy, loading, type Logs, STORAGE } from "./containers.ts";
import {
  conditionsOf,
  containersAt,
  fieldOf,
  listAt,
  type ObservedContainer,
  type ObservedEvent,
  textAt,
} from "./observed.ts";
import { refusalIn } from "./refusals.ts";
import { quoting, type Verdict } from "./verdict.ts";

/** What is known about the pod that serves, or will serve. */
export interface SeenPod {
  readonly pod: unknown;
  /** This pod's events, oldest first. */
  readonly events: readonly ObservedEvent[];
  readonly logs: Logs;
}

/** The newest pod that is not being deleted. */
export function newestPod(pods: unknown): unknown {
  return listAt({ pods }, "pods")
    .filter((pod) => fieldOf(pod, "metadata", "deletionTimestamp") === undefined)
    .filter((pod) => textAt(pod, "metadata", "name") !== "")
    .toSorted((a, b) =>
      createdAt(a) < createdAt(b) ? 1 : Number(createdAt(a) > createdAt(b)) * -1,
    )
    .at(0);
}

const createdAt = (pod: unknown): string => textAt(pod, "metadata", "creationTimestamp");

/** A pod's state; undefined once all its containers are ready. */
export function podVerdict(seen: SeenPod): Verdict | undefined {
  const { pod } = seen;
  const before = containersAt(pod, "initContainerStatuses");
  const main = containersAt(pod, "containerStatuses");
  const isReady = main.length > 0 && main.every((container) => container.isReady);
  if (isReady) return undefined;
  return (
    outOfMemory([...before, ...main], seen) ??
    unscheduled(seen) ??
    waitingContainer([...before, ...main], seen) ??
    copying(before, seen.logs) ??
    loading(main, seen.logs) ??
    starting(before, seen)
  );
}

function outOfMemory(containers: readonly ObservedContainer[], { pod }: SeenPod) {
  const killed = containers.find(({ ended, isReady }) => ended?.reason === "OOMKilled" && !isReady);
  if (killed === undefined) return undefined;
  const { name } = killed;
  const limit = limitOf(pod, name);
  const copies = name === STORAGE;
  const whose = copies ? "The storage initializer" : "The model server";
  const bound = limit === "" ? "its memory limit" : `its memory limit of ${limit}`;
  return {
    state: "out-of-memory",
    sentence: `${whose} used more than ${bound} and was ended; Kubernetes starts it again.`,
    advice: copies
      ? "Ask the cluster's administrator to raise the storage initializer's memory limit, in the ConfigMap inferenceservice-config."
      : "Raise the memory limit, then apply again. Stable Diffusion 2 takes about 6Gi while it loads.",
  } satisfies Verdict;
}

function limitOf(pod: unknown, name: string): string {
  const specs = [...listAt(pod, "spec", "containers"), ...listAt(pod, "spec", "initContainers")];
  const spec = specs.find((one) => textAt(one, "name") === name);
  return textAt(spec, "resources", "limits", "memory").slice(0, 40);
}

function unscheduled({ pod, events }: SeenPod): Verdict | undefined {
  const placing = conditionsOf(pod).find(({ type }) => type === "PodScheduled");
  if (placing?.status !== "False") return undefined;
  const message =
    placing.message ||
    (events.findLast(({ reason }) => reason === "FailedScheduling")?.message ?? "");
  const known = refusalIn(message);
  if (known !== undefined) return { ...known, state: "unschedulable" };
  const sentence = "No node of the cluster has been found for the pod yet.";
  return quoting({ state: "unschedulable", sentence }, message);
}

/** Reasons of a waiting container that mean that its image cannot be pulled. */
const IMAGE =
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError|RegistryUnavailable)$/;
const CONFIG = /^(CreateContainerConfigError|CreateContainerError)$/;
const CRASHED = /^(CrashLoopBackOff|RunContainerError|StartError)$/;

function waitingContainer(
  containers: readonly ObservedContainer[],
  seen: SeenPod,
): Verdict | undefined {
  for (const container of containers) {
    const { name, waiting } = container;
    if (waiting === undefined) continue;
    const { reason } = waiting;
    if (IMAGE.test(reason)) return imageVerdict(container, seen);
    if (CONFIG.test(reason)) {
      const sentence = `The container ${name} cannot be created.`;
      const known = refusalIn(waiting.message);
      return known ?? quoting({ state: "mount-failed", sentence }, waiting.message);
    }
    if (CRASHED.test(reason))
      return (name === STORAGE ? failedCopy : crashed)(container, seen.logs);
  }
  return undefined;
}

/** A back-off's own message says nothing; the previous event says why. */
function imageVerdict({ waiting, image }: ObservedContainer, { events }: SeenPod): Verdict {
  const told = events.findLast(
    ({ reason, message }) => reason === "Failed" && /pull/.test(message),
  );
  const { reason = "", message: own = "" } = waiting ?? {};
  const message = told !== undefined && /^Back-off|^$/.test(own) ? told.message : own;
  const known = refusalIn(`${reason}: ${message}`);
  const pulled = image === "" ? "The serving runtime image" : `The image ${image}`;
  const verdict =
    known?.state === "image-failed"
      ? known
      : { state: "image-failed" as const, sentence: `${pulled} cannot be pulled.` };
  return quoting(verdict, message);
}

/** A pod that has a node, but whose containers say nothing yet. */
function starting(before: readonly ObservedContainer[], { events }: SeenPod): Verdict {
  const last = events.findLast(({ reason }) => WAY.test(reason));
  if (last !== undefined && MOUNTING.test(last.reason)) {
    const sentence = "A volume of the pod cannot be mounted.";
    return refusalIn(last.message) ?? quoting({ state: "mount-failed", sentence }, last.message);
  }
  if (last?.reason === "Pulling") {
    const image = /"([^"]+)"/.exec(last.message)?.[1] ?? "";
    return {
      state: "image-pulling",
      sentence:
        image === ""
          ? "An image is being pulled from its registry."
          : `The image ${image} is being pulled. This takes minutes the first time on a node.`,
    };
  }
  const isCopied = before.some(({ name, ended }) => name === STORAGE && ended?.exitCode === 0);
  const sentence = isCopied
    ? "The model has been copied; the model server is starting."
    : "The pod has a node and is starting.";
  return { state: "starting", sentence };
}

/** Events during a pod's start; the last one says how far it is. */
const WAY = /^(Scheduled|Pulling|Pulled|Created|Started|FailedMount|FailedAttachVolume)$/;
const MOUNTING = /^Failed(Mount|AttachVolume)$/;
