import { serverChangeSchema } from "../../../engine/contract/server.ts";
import { SavedField } from "../../ui/saved-field.tsx";
import { useWords } from "../../words/words.ts";
import styles from "./settings-tab.module.css";

export interface LinesFieldProps {
  readonly name: "hostNames" | "origins";
  readonly lines: readonly string[];
  readonly onChange: (lines: string[]) => void;
}

/** A list with one value a line; a value that the contract refuses is named. */
export function LinesField({ name, lines, onChange }: LinesFieldProps) {
  const t = useWords("server");
  const faultOf = (typed: string) => {
    const line = wrongLine(name, linesOf(typed));
    return line === undefined ? undefined : t(`settings.${name}Bad`, { line });
  };
  return (
    <div className={styles.text}>
      <SavedField
        label={t(`settings.${name}`)}
        description={t(`settings.${name}Help`)}
        rows={2}
        saved={lines.join("\n")}
        faultOf={faultOf}
        isSame={(typed, saved) => linesOf(typed).join("\n") === saved}
        onSave={(typed) => onChange(linesOf(typed))}
      />
    </div>
  );
}

/** The typed values, without blank lines and surrounding spaces. */
export function linesOf(typed: string): string[] {
  return typed
    .split(/[\n,]/)
    .map((line) => line.trim().replace(/\/$/, ""))
    .filter((line) => line !== "");
}

/** The first line that the contract refuses; undefined if it accepts all. */
export function wrongLine(
  name: "hostNames" | "origins",
  lines: readonly string[],
): string | undefined {
  const { error } = serverChangeSchema.safeParse({ [name]: lines });
  const [, index] = error?.issues[0]?.path ?? [];
  if (error === undefined) return undefined;
  return typeof index === "number" ? lines[index] : String(lines.length);
}
