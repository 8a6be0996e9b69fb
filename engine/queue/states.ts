import { StudioError } from "../contract/errors.ts";
import type { GenerationState } from "../contract/generation.ts";

/** The allowed changes of state; all others are refused. */
const NEXT: Readonly<Record<GenerationState, readonly GenerationState[]>> = {
  waiting: ["running", "cancelled"],
  running: ["done", "failed", "cancelled", "interrupted"],
  done: [],
  failed: ["waiting"],
  cancelled: ["waiting"],
  interrupted: ["waiting"],
};

export function canBecome(from: GenerationState, to: GenerationState): boolean {
  return NEXT[from].includes(to);
}

/** Whether it is waiting or running. */
export function isOpen(state: GenerationState): boolean {
  return state === "waiting" || state === "running";
}

/** `wanted` completes the sentence "the generation cannot be …". */
export function conflict(state: GenerationState, wanted: string): StudioError {
  return new StudioError("STATE_CONFLICT", { what: "The generation", wanted, state });
}
