import { CircleAlert } from "lucide-react";
import type { ReactNode, Ref } from "react";
import {
  FieldError,
  Input,
  Text,
  TextArea,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from "react-aria-components";
import { classNames } from "./class-names.ts";
import { FieldHead } from "./field-head.tsx";
import styles from "./field.module.css";
import { Icon } from "./icon.tsx";

export interface TextFieldProps extends Omit<
  AriaTextFieldProps,
  "children" | "className" | "style"
> {
  readonly label: string;
  /** Shows the label to screen readers only. */
  readonly isLabelHidden?: boolean;
  readonly description?: ReactNode;
  /** Why the value is refused; shown if present. */
  readonly error?: string | undefined;
  readonly placeholder?: string | undefined;
  /** Number of lines of a field for long text; absent means a single-line field. */
  readonly rows?: number;
  /** For paths, hashes and codes. */
  readonly isCode?: boolean;
  /** A Help element that explains the label. */
  readonly help?: ReactNode;
  /** Content at the right of the label. */
  readonly aside?: ReactNode;
  /** Buttons at the right of the input. */
  readonly trailing?: ReactNode;
  readonly inputRef?: Ref<HTMLInputElement & HTMLTextAreaElement>;
}

/** A text field with one line or several. */
export function TextField(props: TextFieldProps) {
  const { label, isLabelHidden = false, description, error, help, aside, ...others } = props;
  const { placeholder, rows, isCode, inputRef, trailing, ...rest } = others;
  return (
    <AriaTextField
      {...rest}
      className={styles.field ?? ""}
      isInvalid={error !== undefined}
      {...(isLabelHidden && { "aria-label": label })}
    >
      {!isLabelHidden && <FieldHead label={label} help={help} aside={aside} />}
      <div className={styles.group}>
        <Entry placeholder={placeholder} rows={rows} isCode={isCode} inputRef={inputRef} />
        {trailing}
      </div>
      {description !== undefined && (
        <Text slot="description" className={styles.description}>
          {description}
        </Text>
      )}
      <FieldError className={styles.error ?? ""}>
        <Icon of={CircleAlert} />
        {error}
      </FieldError>
    </AriaTextField>
  );
}

type EntryProps = {
  [Name in "placeholder" | "rows" | "isCode" | "inputRef"]: TextFieldProps[Name] | undefined;
};

/** The input: a single line, or a text area. */
function Entry({ placeholder = "", rows, isCode = false, inputRef = null }: EntryProps) {
  const isArea = rows !== undefined;
  const classes = classNames(styles.input, isArea && styles.area, isCode && styles.code);
  const shared = { placeholder, className: classes, ref: inputRef, dir: isCode ? "ltr" : "auto" };
  return isArea ? <TextArea {...shared} rows={rows} /> : <Input {...shared} />;
}
