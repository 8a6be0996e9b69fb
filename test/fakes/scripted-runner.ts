import { TRANSFER_KINDS, type Transfer } from "../../engine/contract/transfers.ts";
import type { TransferRun, TransferRunner } from "../../engine/transfers/runner.ts";

/** A transfer's work, controlled by the test: it waits until the test ends it. */
export interface ScriptedRun extends TransferRun {
  finish(modelId: string): void;
  fail(error: unknown): void;
}

export interface ScriptedRunner extends TransferRunner {
  /** In the order in which they were started. */
  readonly runs: readonly ScriptedRun[];
  readonly discarded: readonly string[];
}

/** With `endsAtOnce` it ends when it is aborted; otherwise the test ends it even then. */
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

/** Kinds that start from the beginning again. */
const WITHOUT_PAUSE: ReadonlySet<string> = new Set(["import", "verify", "pack"]);

/** One runner of each kind, which can be paused if the real one can. */
export function scriptedRunners(): Record<Transfer["kind"], ScriptedRunner> {
  const runners = TRANSFER_KINDS.map((kind) => [kind, scriptedRunner(!WITHOUT_PAUSE.has(kind))]);
  return Object.fromEntries(runners) as Record<Transfer["kind"], ScriptedRunner>;
}
