import { useCallback } from "react";
import { useSearchParams } from "wouter";

/** Dialogs of the page that have their own address: `/generate?open=grid`. */
export type GenerateDialog = "grid" | "styles";

/** Whether the address has a dialog open, and a function that opens and closes it. */
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
        // Back leads to the page that the dialog was opened from.
        { replace: !open },
      ),
    [dialog, setAddress],
  );
  return [isOpen, setOpen];
}
