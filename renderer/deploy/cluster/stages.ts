import type { DeployStateName } from "../../../engine/contract/deploy-states.ts";

/** The stages of a deployment up to its first picture, in order. */
export const STAGES = [
  "applied",
  "placed",
  "copied",
  "pulled",
  "loaded",
  "routed",
  "ready",
] as const;
export type Stage = (typeof STAGES)[number];

/** The stage that each state belongs to. */
const STAGE_OF: Readonly<Record<Exclude<DeployStateName, "removing">, Stage>> = {
  requested: "applied",
  invalid: "applied",
  "quota-exceeded": "applied",
  "security-refused": "applied",
  unschedulable: "placed",
  starting: "placed",
  "mount-failed": "placed",
  "storage-copying": "copied",
  "storage-failed": "copied",
  "image-pulling": "pulled",
  "image-failed": "pulled",
  "model-loading": "loaded",
  "model-failed": "loaded",
  "worker-died": "loaded",
  "out-of-memory": "loaded",
  "crash-looping": "loaded",
  "revision-not-ready": "loaded",
  "route-not-ready": "routed",
  "queue-full": "ready",
  "scaled-to-zero": "ready",
  ready: "ready",
};

/** The stage of a state; undefined if it belongs to none. */
export function stageOf(state: DeployStateName): Stage | undefined {
  return state === "removing" ? undefined : STAGE_OF[state];
}
