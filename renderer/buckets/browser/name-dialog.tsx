import { type FormEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useWords } from "../../words/words.ts";

export interface NameDialogProps {
  readonly title: string;
  readonly label: string;
  readonly help: string;
  /** Label of the button that confirms. */
  readonly yes: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** An error that it throws is shown at the field. */
  readonly onName: (name: string) => Promise<void>;
}

/** Asks for a name. */
export function NameDialog(props: NameDialogProps) {
  const { title, label, help, yes, isOpen, onClose, onName } = props;
  const t = useWords("buckets");
  const ui = useWords("ui");
  const [name, setName] = useState("");
  const [error, setError] = useState<string>();
  const close = () => {
    setName("");
    setError(undefined);
    onClose();
  };
  const submit = async () => {
    if (name.trim() === "") return setError(ui("enterName"));
    try {
      await onName(name.trim());
      close();
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure));
    }
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void submit();
  };
  return (
    <Dialog
      title={title}
      isOpen={isOpen}
      onClose={close}
      actions={
        <>
          <Button onPress={close}>{t("form.cancel")}</Button>
          <Button variant="filled" onPress={() => void submit()}>
            {yes}
          </Button>
        </>
      }
    >
      <form onSubmit={onSubmit} noValidate>
        <TextField
          label={label}
          description={help}
          isCode
          autoFocus
          maxLength={255}
          value={name}
          onChange={(typed) => {
            setName(typed);
            setError(undefined);
          }}
          error={error}
        />
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
