import { TRANSFER_KINDS, type Transfer } from "../../engine/contract/transfers.ts";
import type { TransferRun, TransferRunner } from "../../engine/transfers/runner.ts";

/** A transfer's work in a test's hands: it waits for the test to end it. */
export interface ScriptedRun extends TransferRun {
  finish(modelId: string): void;
  fail(error: unknown): void;
}

export interface ScriptedRunner extends TransferRunner {
  /** In the order they were started. */
  readonly runs: readonly ScriptedRun[];
  readonly discarded: readonly string[];
}

/** `endsAtOnce` when it is aborted; otherwise the test ends it then, too. */
export function scriptedRunner(canPause: boolean, endsAtOnce = true): ScriptedRunner {
  const runs: ScriptedRun[] = [];
  const discarded: string[] = [];
  return {
    canPause,
    runs,
    discarded,
    run: (run) =>
      new Promise((finish, fail) => {
        runs.push({ ...run, finish, fail });
        if (endsAtOnce) run.signal.addEventListener("abort", () => fail(run.signal.reason));
      }),
    discard: async (id) => void discarded.push(id),
  };
}

/** Kinds that begin anew. */
const WITHOUT_PAUSE: ReadonlySet<string> = new Set(["import", "verify", "pack"]);

/** One of each kind, which can be paused where the real one can. */
export function scriptedRunners(): Record<Transfer["kind"], ScriptedRunner> {
  const runners = TRANSFER_KINDS.map((kind) => [kind, scriptedRunner(!WITHOUT_PAUSE.has(kind))]);
  return Object.fromEntries(runners) as Record<Transfer["kind"], ScriptedRunner>;
}
