import { X } from "lucide-react";
import { cancelImport, forgetImport, type Importing, useImporting } from "../../state/importing.ts";
import { Button } from "../../ui/button.tsx";
import { ProgressBar } from "../../ui/progress-bar.tsx";
import { formatCount } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import styles from "./import-strip.module.css";

/** The progress of an import, and afterwards the files that could not be imported. */
export function ImportStrip() {
  const run = useImporting((state) => state.run);
  if (run === undefined) return null;
  if (run.isRunning) return <Running run={run} />;
  return run.failed.length > 0 || run.others.length > 0 ? <LeftOut run={run} /> : null;
}

function Running({ run: { done, total } }: { run: Importing }) {
  const t = useWords("gallery");
  const label = t("import.running", {
    done: formatCount(Math.min(done + 1, total)),
    total: formatCount(total),
  });
  return (
    <div className={styles.strip}>
      <span className={styles.text}>{label}</span>
      <div className={styles.bar}>
        <ProgressBar label={t("import.label")} share={total === 0 ? undefined : done / total} />
      </div>
      <Button variant="plain" size="dense" icon={X} onPress={cancelImport}>
        {t("import.cancel")}
      </Button>
    </div>
  );
}

/** Above this number of names, only their number is shown. */
const NAMED = 100;

function LeftOut({ run: { failed, others } }: { run: Importing }) {
  const t = useWords("gallery");
  const count = failed.length + others.length;
  const left = [
    ...failed.map(({ name, reason = t("import.tooLarge") }) => ({ name, reason })),
    ...others.map((name) => ({ name, reason: t("import.noPicture") })),
  ];
  return (
    <div className={styles.strip} role="status">
      <details className={styles.details}>
        <summary>{t("import.leftOut", { count, formatted: formatCount(count) })}</summary>
        <ul className={styles.files}>
          {left.slice(0, NAMED).map(({ name, reason }, index) => (
            // Files in different folders may have the same name.
            <li key={`${index} ${name}`}>
              <bdi>{name}</bdi>: <span className={styles.reason}>{reason}</span>
            </li>
          ))}
          {count > NAMED && <li>{t("import.more", { count: count - NAMED })}</li>}
        </ul>
      </details>
      <Button variant="plain" size="dense" icon={X} onPress={forgetImport}>
        {t("import.dismiss")}
      </Button>
    </div>
  );
}
