import type { ReactNode } from "react";
import { useWords } from "../words/words.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { attempt } from "./toasts.ts";

export interface RemoveDialogProps {
  /** The question. */
  readonly title: string;
  /** What the button that removes says. */
  readonly yes: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onRemove: () => Promise<unknown>;
  /** What is lost, and what stays. */
  readonly children: ReactNode;
}

/** Asks before something is gone for good. */
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
