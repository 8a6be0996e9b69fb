import { Plus, X } from "lucide-react";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useWords } from "../../words/words.ts";
import type { Header } from "./draft.ts";
import type { FieldsProps } from "./form-part.tsx";
import styles from "./endpoint-form.module.css";
import { headerFault } from "./faults.ts";

const MAX_HEADERS = 20;

/** Headers sent with every request; of saved ones the page knows only the names. */
export function HeaderFields({ draft, endpoint, areFaultsShown, onChange }: FieldsProps) {
  const t = useWords("endpoints");
  const { headers } = draft;
  const kept = endpoint?.headers ?? [];
  if (headers === undefined)
    return (
      <div className={styles.row}>
        <span className={styles.help}>{t("fields.headersKept", { names: kept.join(", ") })}</span>
        <Button
          size="dense"
          onPress={() => onChange({ headers: kept.map((name) => ({ name, value: "" })) })}
        >
          {t("fields.headersAnew")}
        </Button>
      </div>
    );
  const put = (index: number, change: Partial<Header>) =>
    onChange({
      headers: headers.map((header, i) => (i === index ? { ...header, ...change } : header)),
    });
  const isFull = headers.length >= MAX_HEADERS;
  return (
    <div className={styles.fields}>
      {headers.map((header, index) => (
        <HeaderRow
          // oxlint-disable-next-line react/no-array-index-key -- rows have no names until they are typed
          key={index}
          header={header}
          areFaultsShown={areFaultsShown}
          onChange={(change) => put(index, change)}
          onRemove={() => onChange({ headers: headers.filter((_, i) => i !== index) })}
        />
      ))}
      <div className={styles.row}>
        <Button
          size="dense"
          icon={Plus}
          isDisabled={isFull}
          onPress={() => onChange({ headers: [...headers, { name: "", value: "" }] })}
        >
          {t("fields.addHeader")}
        </Button>
        <span className={styles.help}>
          {isFull ? t("fields.headersFull", { count: MAX_HEADERS }) : t("fields.headersHelp")}
        </span>
      </div>
    </div>
  );
}

interface HeaderRowProps {
  readonly header: Header;
  readonly areFaultsShown: boolean;
  readonly onChange: (change: Partial<Header>) => void;
  readonly onRemove: () => void;
}

function HeaderRow({ header, areFaultsShown, onChange, onRemove }: HeaderRowProps) {
  const t = useWords("endpoints");
  const fault = areFaultsShown ? headerFault(header) : undefined;
  return (
    <div className={styles.header}>
      <TextField
        label={t("fields.headerName")}
        isCode
        value={header.name}
        onChange={(name) => onChange({ name: name.trim() })}
        error={fault === "headerName" ? t("faults.headerName") : undefined}
      />
      <TextField
        label={t("fields.headerValue")}
        type="password"
        autoComplete="off"
        isCode
        value={header.value}
        onChange={(value) => onChange({ value })}
        error={fault === "headerEmpty" ? t("faults.headerEmpty") : undefined}
        trailing={<IconButton icon={X} label={t("fields.removeHeader")} onPress={onRemove} />}
      />
    </div>
  );
}
