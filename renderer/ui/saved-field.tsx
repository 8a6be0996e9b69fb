import { useState } from "react";
import { useWords } from "../words/words.ts";
import { Button } from "./button.tsx";
import { TextField, type TextFieldProps } from "./text-field.tsx";

export interface SavedFieldProps extends Pick<
  TextFieldProps,
  "label" | "description" | "placeholder" | "rows"
> {
  /** The saved value. */
  readonly saved: string;
  /** Why a text cannot be saved; undefined if it can. */
  readonly faultOf?: (typed: string) => string | undefined;
  readonly onSave: (typed: string) => void;
  readonly onType?: (typed: string) => void;
  /** Whether two texts mean the same value. */
  readonly isSame?: (typed: string, saved: string) => boolean;
}

/** A field whose text takes effect when it is saved with its button or Enter: addresses, ports, patterns. */
export function SavedField(props: SavedFieldProps) {
  const { saved, onSave, onType, faultOf = () => undefined, ...field } = props;
  const { isSame = (typed, kept) => typed.trim() === kept, ...rest } = field;
  const t = useWords("ui");
  const [typed, setTyped] = useState(saved);
  const error = faultOf(typed);
  const isOff = error !== undefined || isSame(typed, saved);
  return (
    <TextField
      onKeyDown={({ key }) => {
        if (key === "Enter" && rest.rows === undefined && !isOff) onSave(typed);
      }}
      {...rest}
      isCode
      value={typed}
      onChange={(text) => {
        setTyped(text);
        onType?.(text);
      }}
      error={error}
      trailing={
        <Button isDisabled={isOff} onPress={() => onSave(typed)}>
          {t("save")}
        </Button>
      }
    />
  );
}
