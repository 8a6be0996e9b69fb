import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useWords } from "../../words/words.ts";
import { linesOf, wrongLine } from "./lines.ts";
import styles from "./settings-tab.module.css";

export interface LinesFieldProps {
  readonly name: "hostNames" | "origins";
  readonly lines: readonly string[];
  readonly onChange: (lines: string[]) => void;
}

/** Some of a kind, one to a line; what the contract refuses is named. */
export function LinesField({ name, lines, onChange }: LinesFieldProps) {
  const t = useWords("server");
  const kept = lines.join("\n");
  const [typed, setTyped] = useState(kept);
  const wanted = linesOf(typed);
  const wrong = wrongLine(name, wanted);
  return (
    <div className={styles.text}>
      <TextField
        label={t(`settings.${name}`)}
        description={t(`settings.${name}Help`)}
        rows={2}
        isCode
        value={typed}
        onChange={setTyped}
        error={wrong === undefined ? undefined : t(`settings.${name}Bad`, { line: wrong })}
        trailing={
          <Button
            isDisabled={wrong !== undefined || wanted.join("\n") === kept}
            onPress={() => onChange(wanted)}
          >
            {t("settings.save")}
          </Button>
        }
      />
    </div>
  );
}
