import type { EndpointStats } from "../../../engine/contract/endpoint-stats.ts";
import { formatDuration } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import styles from "./history.module.css";

const [WIDTH, HEIGHT] = [600, 120];
/** Distance between two intervals. */
const GAP = 4;

/** The pictures of each interval as bars, with failures on top, and the median time as dots. */
export function HistoryChart({ stats: { points } }: { stats: EndpointStats }) {
  const t = useWords("endpoints");
  const most = Math.max(1, ...points.map(({ done, failed }) => done + failed));
  const longest = Math.max(...points.map(({ p50 = 0 }) => p50));
  const step = WIDTH / points.length;
  return (
    <figure className={styles.chart}>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t("history.chart")}
      >
        {points.map(({ at, done, failed, p50 }, i) => {
          const [ok, bad] = [(done / most) * HEIGHT, (failed / most) * HEIGHT];
          const [x, width] = [i * step + GAP / 2, step - GAP];
          return (
            <g key={at}>
              <title>{t("history.point", { when: whenOf(at), done, failed })}</title>
              <rect className={styles.base} x={x} width={width} y={HEIGHT - 1} height={1} />
              <rect className={styles.done} x={x} width={width} y={HEIGHT - ok} height={ok} />
              <rect
                className={styles.failed}
                x={x}
                width={width}
                y={HEIGHT - ok - bad}
                height={bad}
              />
              {p50 !== undefined && (
                <rect
                  className={styles.time}
                  x={x}
                  width={width}
                  y={(1 - p50 / longest) * (HEIGHT - 3)}
                  height={3}
                />
              )}
            </g>
          );
        })}
      </svg>
      <figcaption className={styles.quiet}>
        <span>{whenOf(points[0]?.at ?? "")}</span>
        <span>{t("history.now")}</span>
        <span className={styles.legend}>
          {longest > 0
            ? t("history.legend", { time: formatDuration(longest), most })
            : t("history.legendPlain", { most })}
        </span>
      </figcaption>
    </figure>
  );
}

function whenOf(at: string): string {
  return new Date(at).toLocaleString("en-GB", {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
}
