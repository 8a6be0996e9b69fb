import { setTimeout as sleep } from "node:timers/promises";
import { fromWire, StudioError } from "../contract/errors.ts";
import type { Transfer } from "../contract/transfers.ts";
import { megabytes } from "./megabytes.ts";
import { note, printJson, progressLine } from "./outcome.ts";
import { withStudio, type ReachedStudio } from "./reach-studio.ts";

/** How often a transfer is checked: more often at first, so that a short one ends promptly. */
const PERIOD_MS = { first: 10, last: 500 };

/** Which transfer, and how to report it. */
export interface Following {
  readonly transferId: string;
  readonly signal: AbortSignal;
  readonly isJson: boolean;
}

/**
 * Runs work that is one transfer in the studio of a data folder: interrupting it cancels the transfer and deletes
 * partial results. A studio that is already running continues it.
 */
export async function withTransfer(
  dataDir: string | undefined,
  signal: AbortSignal,
  work: (studio: ReachedStudio, begun: (transferId: string) => void) => Promise<void>,
): Promise<void> {
  let id: string | undefined;
  await withStudio(dataDir, (studio) => work(studio, (transferId) => (id = transferId)), {
    beforeClose: async ({ client, isRunning }) => {
      if (id !== undefined && signal.aborted && !isRunning) {
        await client.transfers.cancel({ ids: [id] });
      }
    },
  });
}

/** Shows the progress of a transfer until it ends, and returns its model; throws its failure. */
export async function followTransfer(
  { client, isRunning }: Pick<ReachedStudio, "client" | "isRunning">,
  { transferId, signal, isJson }: Following,
): Promise<string | undefined> {
  let last = "";
  let stages = 0;
  for (let ms = PERIOD_MS.first; ; ms = Math.min(1.5 * ms, PERIOD_MS.last)) {
    const transfer = (await client.transfers.list()).find(({ id }) => id === transferId);
    if (transfer === undefined) return undefined;
    if (!isJson) for (const stage of (transfer.log ?? []).slice(stages)) note(stage);
    stages = transfer.log?.length ?? 0;
    const text = transferInWords(transfer);
    if (text !== last && isJson) printJson({ type: "transfer", ...transfer });
    else if (text !== last) progressLine(text, hasEnded(transfer));
    last = text;
    if (hasEnded(transfer)) return settle(transfer);
    await sleep(ms, undefined, { signal }).catch(() => {
      if (isRunning) note("The studio continues it.");
      throw signal.reason;
    });
  }
}

function hasEnded({ state }: Transfer): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}

function settle({ state, error, modelId }: Transfer): string | undefined {
  if (state === "cancelled") throw new DOMException("cancelled", "AbortError");
  if (state === "failed") {
    throw fromWire(error) ?? new StudioError("INTERNAL", { reason: "the transfer failed" });
  }
  return modelId;
}

function transferInWords({ name, state, doneBytes, totalBytes, ...rest }: Transfer): string {
  const share = totalBytes === 0 ? "" : `, ${Math.floor((100 * doneBytes) / totalBytes)} %`;
  const { bytesPerSecond, secondsLeft, note: remark } = rest;
  const speed = bytesPerSecond === undefined ? "" : `, ${megabytes(bytesPerSecond)} MB/s`;
  const left = secondsLeft === undefined ? "" : `, ${Math.ceil(secondsLeft)} s left`;
  const why = remark === undefined ? "" : ` (${remark})`;
  return `${name}: ${state}${share}${speed}${left}${why}`;
}
