import type { ReactNode } from "react";
import { useWords } from "../words/words.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { attempt } from "./toasts.ts";

export interface RemoveDialogProps {
  /** The question. */
  readonly title: string;
  /** Label of the button that removes. */
  readonly yes: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onRemove: () => Promise<unknown>;
  /** What will be lost, and what stays. */
  readonly children: ReactNode;
}

/** Asks before something is deleted permanently. */
export function RemoveDialog(props: RemoveDialogProps) {
  const { title, yes, isOpen, onClose, onRemove, children } = props;
  const t = useWords("ui");
  const remove = () => {
    onClose();
    attempt(onRemove());
  };
  return (
    <Dialog
      title={title}
      isAlert
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("keep")}</Button>
          <Button variant="danger" onPress={remove}>
            {yes}
          </Button>
        </>
      }
    >
      <p>{children}</p>
    </Dialog>
  );
}
