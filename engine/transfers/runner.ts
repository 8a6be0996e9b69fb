import type { Transfer } from "../contract/transfers.ts";
import type { KeptTransfer } from "./transfer-file.ts";

/** What a transfer is to do: understood by the runner of its kind, and kept over restarts. */
export type Order = KeptTransfer["order"];

/** One transfer, as its runner sees it. */
export interface TransferRun {
  readonly id: string;
  readonly order: Order;
  /** Aborted when it is to end, for whatever reason. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: {
    readonly doneBytes: number;
    readonly totalBytes: number;
  }) => void;
  /** Tells a person what happened on the way. */
  readonly onNote: (note: string) => void;
  /** Adds a line to its log. */
  readonly onStage: (stage: string) => void;
}

/** How transfers of one kind are carried out. */
export interface TransferRunner {
  /** Whether it can end and go on where it was. One that cannot begins anew. */
  readonly canPause: boolean;
  /** Gives the id of the model that it made or looked at, where there is one. */
  readonly run: (run: TransferRun) => Promise<string | undefined>;
  /** Deletes what is half done. */
  readonly discard: (id: string) => Promise<void>;
}

export type TransferRunners = Readonly<Record<Transfer["kind"], TransferRunner>>;

/** Lines of a log; older ones go. */
const MAX_STAGES = 100;

export function withStage(log: Transfer["log"] = [], stage: string): string[] {
  return [...log, stage].slice(-MAX_STAGES);
}
