import type { Transfer } from "../contract/transfers.ts";
import type { KeptTransfer } from "./transfer-file.ts";

/** What a transfer is to do. Only the runner of its kind understands it; it is stored. */
export type TransferTask = KeptTransfer["order"];

/** One transfer as its runner sees it. */
export interface TransferRun {
  readonly id: string;
  readonly order: TransferTask;
  /** Aborted when the run must end, for any reason. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: {
    readonly doneBytes: number;
    readonly totalBytes: number;
  }) => void;
  /** Adds a note for the person about what happened. */
  readonly onNote: (note: string) => void;
  /** Adds a line to the transfer's log. */
  readonly onStage: (stage: string) => void;
}

/** Runs all transfers of one kind. */
export interface TransferRunner {
  /** Whether a run can be stopped and resumed; if not, it starts again from the beginning. */
  readonly canPause: boolean;
  /** Returns the id of the model that it made or checked, if any. */
  readonly run: (run: TransferRun) => Promise<string | undefined>;
  /** Deletes partial results. */
  readonly discard: (id: string) => Promise<void>;
}

export type TransferRunners = Readonly<Record<Transfer["kind"], TransferRunner>>;

/** Maximum number of log lines; older ones are dropped. */
const MAX_STAGES = 100;

export function withStage(log: Transfer["log"] = [], stage: string): string[] {
  return [...log, stage].slice(-MAX_STAGES);
}
