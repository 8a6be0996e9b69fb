import { StudioError } from "../../engine/contract/errors.ts";
import { isActive, type TransfersState, useTransfers } from "../state/transfers.ts";
import { showFailure } from "../ui/toasts.ts";

/** Tells of the failure of a transfer that a person has just begun, wherever they look by then. */
export function tellFailureOf(
  { transferId }: { readonly transferId: string },
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
    return !isActive(transfer) && state !== "paused";
  };
  if (hasEnded(useTransfers.getState())) return;
  const leave = useTransfers.subscribe((state) => {
    if (hasEnded(state)) leave();
  });
}
