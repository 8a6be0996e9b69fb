import { StudioError } from "../../engine/contract/errors.ts";
import type { Transfer } from "../../engine/contract/transfers.ts";
import { isActive, type TransfersState, useTransfers } from "../state/transfers.ts";
import { showFailure } from "../ui/toasts.ts";

/**
 * Follows a transfer that the user has just started, on whichever page they are: shows its failure, or calls the next
 * step when it is done.
 */
export function followTransfer(
  { transferId }: { readonly transferId: string },
  onDone: (transfer: Transfer) => void,
  tell: (failure: unknown) => void = showFailure,
): void {
  let wasSeen = false;
  const hasEnded = ({ all }: TransfersState): boolean => {
    const transfer = all.find(({ id }) => id === transferId);
    // Events about it may arrive after the answer that started it.
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

/** Shows the failure of a transfer that the user has just started. */
export function tellFailureOf(
  begun: { readonly transferId: string },
  tell: (failure: unknown) => void = showFailure,
): void {
  followTransfer(begun, () => {}, tell);
}
