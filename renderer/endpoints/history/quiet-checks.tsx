import type { Endpoint, QuietCheck } from "../../../engine/contract/endpoints.ts";
import { formatWhen } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import styles from "./history.module.css";

/** Of the sparkline: the number of checks shown, and the size of its box. */
const SHOWN = 30;
const [WIDTH, HEIGHT] = [120, 16];

/** The result of an endpoint's last background check, and the earlier ones as a row of bars. */
export function QuietChecks({ endpoint, now }: { endpoint: Endpoint; now: Date }) {
  const t = useWords("endpoints");
  const { quietChecks = [], checkMinutes } = endpoint;
  const last = quietChecks.at(-1);
  if (last === undefined) return t("quiet.soon", { count: checkMinutes });
  const { state, at, ms } = last;
  return (
    <span className={styles.last}>
      {t(`quiet.${state}`, { when: formatWhen(at, now), ms: Math.round(ms) })}
      {checkMinutes === 0 && <span className={styles.quiet}>{t("quiet.off")}</span>}
      <Spark checks={quietChecks.slice(-SHOWN)} />
    </span>
  );
}

/** The longer a check took, the higher its bar; one that was not ready has full height. */
function Spark({ checks }: { checks: readonly QuietCheck[] }) {
  const t = useWords("endpoints");
  const longest = Math.max(1, ...checks.map(({ ms }) => ms));
  const ready = checks.filter(({ state }) => state === "ready").length;
  const step = WIDTH / SHOWN;
  return (
    <svg
      className={styles.spark}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={t("quiet.spark", { ready, count: checks.length })}
    >
      {checks.map(({ at, state, ms }, i) => {
        const isReady = state === "ready";
        const height = isReady ? Math.max(2, (ms / longest) * HEIGHT) : HEIGHT;
        return (
          <rect
            key={at}
            className={isReady ? styles.ready : styles.other}
            x={(SHOWN - checks.length + i) * step}
            width={step - 1}
            y={HEIGHT - height}
            height={height}
          />
        );
      })}
    </svg>
  );
}
