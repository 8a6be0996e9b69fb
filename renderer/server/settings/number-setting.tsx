import { SavedField } from "../../ui/saved-field.tsx";
import { useWords } from "../../words/words.ts";
import styles from "./settings-tab.module.css";

export interface NumberSettingProps {
  readonly label: string;
  readonly description?: string | undefined;
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly minValue: number;
  readonly maxValue: number;
}

/** A number that takes effect when it is saved, like the text fields beside it. */
export function NumberSetting({
  value,
  onChange,
  minValue,
  maxValue,
  ...words
}: NumberSettingProps) {
  const t = useWords("server");
  const isSound = (typed: string) =>
    /^\d+$/.test(typed.trim()) && Number(typed) >= minValue && Number(typed) <= maxValue;
  return (
    <div className={styles.text}>
      <SavedField
        {...words}
        saved={String(value)}
        faultOf={(typed) =>
          isSound(typed) ? undefined : t("settings.badNumber", { min: minValue, max: maxValue })
        }
        onSave={(typed) => onChange(Number(typed))}
      />
    </div>
  );
}
