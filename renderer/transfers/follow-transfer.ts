import { StudioError } from "../../engine/contract/errors.ts";
import type { Transfer } from "../../engine/contract/transfers.ts";
import { isActive, type TransfersState, useTransfers } from "../state/transfers.ts";
import { showFailure } from "../ui/toasts.ts";

/**
 * Follows a transfer that a person has just begun, wherever they look by then: tells of its failure, or
 * does what comes next once it is done.
 */
export function followTransfer(
  { transferId }: { readonly transferId: string },
  onDone: (transfer: Transfer) => void,
  tell: (failure: unknown) => void = showFailure,
): void {
  let wasSeen = false;
  const hasEnded = ({ all }: TransfersState): boolean => {
    const transfer = all.find(({ id }) => id === transferId);
    // News of it may come after the answer to who began it.
    if (transfer === undefined) return wasSeen;
    wasSeen = true;
    const { state, error } = transfer;
    if (state === "failed" && error) tell(new StudioError(error.code, error.details));
    if (state === "done") onDone(transfer);
    return !isActive(transfer) && state !== "paused";
  };
  if (hasEnded(useTransfers.getState())) return;
  const leave = useTransfers.subscribe((state) => {
    if (hasEnded(state)) leave();
  });
}

/** Tells of the failure of a transfer that a person has just begun. */
export function tellFailureOf(
  begun: { readonly transferId: string },
  tell: (failure: unknown) => void = showFailure,
): void {
  followTransfer(begun, () => {}, tell);
}
