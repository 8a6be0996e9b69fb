import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import {
  type EndpointStats,
  STATS_SPANS,
  type StatsSpan,
} from "../../../engine/contract/endpoint-stats.ts";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Failed, Skeleton } from "../../ui/async-states.tsx";
import { Chips } from "../../ui/chips.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { formatBytes, formatDuration } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { HistoryChart } from "./history-chart.tsx";
import styles from "./history.module.css";

/** The figures are read again at this interval while the dialog is open. */
const RENEWAL_MS = 10_000;

export interface HistoryDialogProps {
  readonly endpoint: Endpoint;
  readonly onClose: () => void;
}

/** The requests to an endpoint over a day, a week or a month, and their results. */
export function HistoryDialog({ endpoint: { id, name }, onClose }: HistoryDialogProps) {
  const t = useWords("endpoints");
  const { queries } = useStudio();
  const [span, setSpan] = useState<StatsSpan>("day");
  const { data, error, refetch } = useQuery({
    ...queries.endpoints.stats.queryOptions({ input: { id, span } }),
    refetchInterval: RENEWAL_MS,
  });
  const stats = data?.[0];
  return (
    <Dialog title={t("history.title", { name })} size="wide" isOpen onClose={onClose}>
      <div className={styles.history}>
        <Chips
          label={t("history.span")}
          isSegmented
          value={span}
          onChange={setSpan}
          chips={STATS_SPANS.map((value) => ({ value, label: t(`history.spans.${value}`) }))}
        />
        {error && (
          <Failed title={t("history.failed")} error={error} onRetry={() => void refetch()} />
        )}
        {stats === undefined && error === null && <Skeleton className={styles.skeleton} />}
        {stats !== undefined && <Content stats={stats} />}
      </div>
    </Dialog>
  );
}

function Content({ stats }: { stats: EndpointStats }) {
  const t = useWords("endpoints");
  const { pictures, checks, span } = stats;
  const { done, failed } = pictures;
  if (done + failed + checks.ready + checks.others === 0)
    return <p className={styles.quiet}>{t(`history.nothing.${span}`)}</p>;
  return (
    <>
      <HistoryChart stats={stats} />
      <Figures stats={stats} />
      <Failures failures={pictures.failures} />
    </>
  );
}

function Figures({ stats: { pictures, checks } }: { stats: EndpointStats }) {
  const t = useWords("endpoints");
  const { done, failed, bytesOut, bytesIn, gpuSeconds, gpuTold } = pictures;
  const checked = checks.ready + checks.others;
  const traffic = { out: formatBytes(bytesOut), in: formatBytes(bytesIn) };
  return (
    <dl className={styles.figures}>
      <Figure name={t("history.pictures")}>{t("history.counts", { done, failed })}</Figure>
      <Figure name={t("history.times")}>
        <Times {...pictures} />
      </Figure>
      <Figure name={t("history.traffic")}>{t("history.bytes", traffic)}</Figure>
      <Figure name={t("history.gpu")}>
        {done > 0 ? formatDuration(gpuSeconds) : t("history.untimed")}
        {done > 0 && (
          <span className={styles.quiet}>
            {t(gpuTold === 0 ? "history.gpuMeasured" : "history.gpuTold", { count: gpuTold })}
          </span>
        )}
      </Figure>
      {checked > 0 && (
        <Figure name={t("history.checks")}>
          <span>{t("history.ready", { ready: checks.ready, checked })}</span>
          <span className={styles.quiet}>
            <Times {...checks} />
          </span>
        </Figure>
      )}
    </dl>
  );
}

function Times({ p50, p95 }: Pick<EndpointStats["checks"], "p50" | "p95">) {
  const t = useWords("endpoints");
  if (p50 === undefined || p95 === undefined) return t("history.untimed");
  return t("history.percentiles", { p50: formatDuration(p50), p95: formatDuration(p95) });
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Failures({ failures }: Pick<EndpointStats["pictures"], "failures">) {
  const t = useWords("endpoints");
  const sorted = Object.entries(failures).toSorted(([, a], [, b]) => b - a);
  if (sorted.length === 0) return null;
  return (
    <section>
      <h3 className={styles.title}>{t("history.failures")}</h3>
      <ul className={styles.failures}>
        {sorted.map(([code, count]) => (
          <li key={code}>
            <code>{code}</code> {t("history.often", { count })}
          </li>
        ))}
      </ul>
    </section>
  );
}
