import { useState } from "react";
import { serverChangeSchema } from "../../engine/contract/server.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { useWords } from "../words/words.ts";
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

/** What was typed, without what a person adds in passing. */
export function linesOf(typed: string): string[] {
  return typed
    .split(/[\n,]/)
    .map((line) => line.trim().replace(/\/$/, ""))
    .filter((line) => line !== "");
}

/** The first line that the contract does not take; undefined where it takes all. */
export function wrongLine(
  name: LinesFieldProps["name"],
  lines: readonly string[],
): string | undefined {
  const { error } = serverChangeSchema.safeParse({ [name]: lines });
  const [, index] = error?.issues[0]?.path ?? [];
  if (error === undefined) return undefined;
  return typeof index === "number" ? lines[index] : String(lines.length);
}
