import { ProgressBar as AriaProgressBar } from "react-aria-components";
import { classNames } from "./class-names.ts";
import styles from "./progress-bar.module.css";

export interface ProgressBarProps {
  readonly label: string;
  /** 0 to 1; undefined while unknown. */
  readonly share: number | undefined;
  readonly isPaused?: boolean;
}

/** A bar that shows progress. */
export function ProgressBar({ label, share, isPaused = false }: ProgressBarProps) {
  return (
    <AriaProgressBar
      aria-label={label}
      value={100 * (share ?? 0)}
      isIndeterminate={share === undefined}
      className={classNames(styles.track, isPaused && styles.paused)}
    >
      {({ percentage, isIndeterminate }) => (
        <div
          className={classNames(styles.fill, isIndeterminate && styles.unknown)}
          style={{ inlineSize: isIndeterminate ? "30%" : `${percentage ?? 0}%` }}
        />
      )}
    </AriaProgressBar>
  );
}

/** Progress as a ring, for places without room for a bar. */
export function ProgressRing({ label, share }: ProgressBarProps) {
  return (
    <AriaProgressBar aria-label={label} value={100 * (share ?? 0)} className={styles.ring ?? ""}>
      <svg viewBox="0 0 20 20" width={20} height={20} aria-hidden>
        <circle className={styles.ringTrack} cx={10} cy={10} r={8} pathLength={1} />
        <circle
          className={styles.ringFill}
          cx={10}
          cy={10}
          r={8}
          pathLength={1}
          strokeDasharray={`${share ?? 0} 1`}
        />
      </svg>
    </AriaProgressBar>
  );
}
