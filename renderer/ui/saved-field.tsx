import { useRef, useState } from "react";
import { useWords } from "../words/words.ts";
import { Button } from "./button.tsx";
import { useKeptFocus } from "./use-kept-focus.ts";
import { useSaving } from "./use-saving.tsx";
import { TextField, type TextFieldProps } from "./text-field.tsx";

export interface SavedFieldProps extends Pick<
  TextFieldProps,
  "label" | "description" | "placeholder" | "rows"
> {
  /** The saved value. */
  readonly saved: string;
  /** Why a text cannot be saved; undefined if it can. */
  readonly faultOf?: (typed: string) => string | undefined;
  /** Saves a text. If it rejects, the reason is shown here and the text stays. */
  readonly onSave: (typed: string) => void | Promise<unknown>;
  readonly onType?: (typed: string) => void;
  /** What the button says while the field is empty; absent if it may be empty. */
  readonly required?: string;
  /** Whether two texts mean the same value. */
  readonly isSame?: (typed: string, saved: string) => boolean;
}

/** A field whose text takes effect when it is saved with its button or Enter: addresses, ports, patterns. */
export function SavedField(props: SavedFieldProps) {
  const { saved, onSave, onType, faultOf = () => undefined, ...field } = props;
  const { isSame = (typed, kept) => typed.trim() === kept, required, ...rest } = field;
  const t = useWords("ui");
  const [typed, setTyped] = useTyped(saved);
  const place = useRef<HTMLDivElement>(null);
  useKeptFocus(place);
  const { refusal, forget, save, sign } = useSaving(() => onSave(typed));
  const fault = faultOf(typed);
  const lack = typed.trim() === "" ? required : undefined;
  const isOff = [fault, lack].some((reason) => reason !== undefined) || isSame(typed, saved);
  return (
    <div ref={place}>
      <TextField
        onKeyDown={({ key }) => {
          if (key === "Enter" && rest.rows === undefined && !isOff) save();
        }}
        {...rest}
        isCode
        aside={sign}
        value={typed}
        onChange={(text) => {
          setTyped(text);
          forget();
          onType?.(text);
        }}
        error={fault ?? refusal}
        trailing={
          <Button isDisabled={isOff} reason={lack} onPress={save}>
            {t("save")}
          </Button>
        }
      />
    </div>
  );
}

/** A text that is being typed. When the saved value changes, it gives way to that. */
export function useTyped(saved: string) {
  const [typed, setTyped] = useState(saved);
  const [before, setBefore] = useState(saved);
  if (before !== saved) {
    setBefore(saved);
    setTyped(saved);
  }
  return [typed, setTyped] as const;
}
