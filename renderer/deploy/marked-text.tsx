import type { DeployDifference, DeployFile } from "../../engine/contract/deploy.ts";
import { useWords } from "../words/words.ts";
import styles from "./marked-text.module.css";

export interface MarkedTextProps {
  readonly name: string;
  readonly text: string;
  /** First and last line number of each difference. */
  readonly marks: readonly (readonly [number, number])[];
  readonly isTitled?: boolean;
}

/** A text with line numbers, and the number of each difference at its first line. */
export function MarkedText({ name, text, marks, isTitled = false }: MarkedTextProps) {
  const t = useWords("deploy");
  const lines = text.trimEnd().split("\n");
  const marksAt = (line: number) =>
    marks.flatMap(([from], index) => (from === line ? [index + 1] : []));
  const isMarked = (line: number) => marks.some(([from, to]) => from <= line && line <= to);
  return (
    <figure className={styles.figure}>
      {isTitled && <figcaption className={styles.caption}>{name}</figcaption>}
      <pre className={styles.text} tabIndex={0} aria-label={name}>
        {lines.map((line, index) => (
          // The position is the only key that a line has.
          <span
            key={`${index} ${line}`}
            className={styles.line}
            data-marked={isMarked(index + 1) || undefined}
          >
            {line}
            {marksAt(index + 1).map((number) => (
              <span
                key={number}
                className={styles.number}
                role="img"
                aria-label={t("differences.mark", { number })}
              >
                {number}
              </span>
            ))}
            {"\n"}
          </span>
        ))}
      </pre>
    </figure>
  );
}

export interface DifferencesProps {
  readonly of: NonNullable<DeployFile["theirs"]>["of"];
  readonly differences: readonly DeployDifference[];
}

/** The differences: from what, to what, and why. */
export function Differences({ of, differences }: DifferencesProps) {
  const t = useWords("deploy");
  return (
    <section>
      <h2 className={styles.title}>{t(`differences.${of}`, { count: differences.length })}</h2>
      <ol className={styles.differences}>
        {differences.map(({ path, theirs, ours, reason }, index) => (
          <li key={path} className={styles.difference}>
            <span className={styles.number} aria-hidden>
              {index + 1}
            </span>
            <div className={styles.what}>
              <code className={styles.path}>{path}</code>
              <div className={styles.change}>
                <code>{theirs ?? t("differences.absent")}</code>
                <span aria-hidden>→</span>
                <code>{ours ?? t("differences.absent")}</code>
              </div>
              <p className={styles.reason}>{reason}</p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
