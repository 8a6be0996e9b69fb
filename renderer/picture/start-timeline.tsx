import type { Starting } from "../../engine/contract/progress.ts";
import { formatClock, formatDuration } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import styles from "./start-timeline.module.css";

/** An endpoint that is starting: how long it has taken, how long it took last time, and what was observed when. */
export function StartTimeline({ starting }: { starting: Starting }) {
  const t = useWords("picture");
  const { elapsedSeconds, lastSeconds, limitSeconds, phases } = starting;
  const now = phases.length - 1;
  return (
    <div className={styles.start}>
      <p className={styles.words}>
        <span className={styles.clock}>
          {t("start.soFar", { time: formatClock(elapsedSeconds) })}
        </span>
        {lastSeconds !== undefined && (
          <span>{t("start.last", { time: formatDuration(lastSeconds) })}</span>
        )}
        <span>{t("start.limit", { time: formatDuration(limitSeconds) })}</span>
      </p>
      <ol className={styles.phases}>
        {phases.map(({ phase, fromSeconds }, i) => (
          <li key={`${phase} ${fromSeconds}`} data-now={i === now || undefined}>
            <span className={styles.clock}>{formatClock(fromSeconds)}</span>
            {t(`start.${phase}`)}
          </li>
        ))}
      </ol>
    </div>
  );
}
