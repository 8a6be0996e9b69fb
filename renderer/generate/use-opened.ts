import { useCallback } from "react";
import { useSearchParams } from "wouter";

/** Dialogs of the page that have an address of their own: `/generate?open=grid`. */
export type GenerateDialog = "grid" | "styles";

/** Whether a dialog is open, as the address says it, and how to open and close it. */
export function useOpened(dialog: GenerateDialog): readonly [boolean, (isOpen: boolean) => void] {
  const [address, setAddress] = useSearchParams();
  const isOpen = address.get("open") === dialog;
  const setOpen = useCallback(
    (open: boolean) =>
      setAddress(
        (before) => {
          const after = new URLSearchParams(before);
          if (open) after.set("open", dialog);
          else after.delete("open");
          return after;
        },
        // Back after a dialog leads to where it was opened from.
        { replace: !open },
      ),
    [dialog, setAddress],
  );
  return [isOpen, setOpen];
}
