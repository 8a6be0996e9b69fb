import { CircleAlert, CircleCheck, Pause, Play, X } from "lucide-react";
import type { ReactNode } from "react";
import { asSentence } from "../../engine/contract/sentence.ts";
import type { Transfer } from "../../engine/contract/transfers.ts";
import { useStudio } from "../connection/studio.tsx";
import { useSending } from "../state/sending.ts";
import { isActive, useTransfers } from "../state/transfers.ts";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { Icon } from "../ui/icon.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { attempt } from "../ui/toasts.ts";
import { formatBytes, formatDuration } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import styles from "./transfer-dock.module.css";

/** Downloads, imports and checks; shown only while there are any. */
export function TransferDock() {
  const t = useWords("transfers");
  const { client } = useStudio();
  const sendings = useSending(({ all }) => all);
  const transfers = useTransfers(({ all }) => all);
  if (transfers.length + sendings.length === 0) return null;
  const hasEnded = transfers.some((one) => !isActive(one) && one.state !== "paused");
  return (
    <section className={styles.dock} aria-label={t("title")}>
      <header className={styles.head}>
        <h2>{t("title")}</h2>
        {hasEnded && (
          <Button size="dense" variant="plain" onPress={() => attempt(client.transfers.clear())}>
            {t("clear")}
          </Button>
        )}
      </header>
      <ul className={styles.rows}>
        {sendings.map(({ transfer, cancel }) => (
          <TransferRow
            key={transfer.id}
            transfer={{ ...transfer, note: t("sending") }}
            tools={<Cancel name={transfer.name} onPress={cancel} />}
          />
        ))}
        {transfers.map((transfer) => (
          <TransferRow
            key={transfer.id}
            transfer={transfer}
            tools={<Tools transfer={transfer} />}
          />
        ))}
      </ul>
    </section>
  );
}

/** Kinds that continue where they were paused. */
const PAUSABLE: ReadonlySet<Transfer["kind"]> = new Set([
  "download",
  "cuda",
  "publish",
  "upload",
  "fetch",
  "bucket-import",
  "bucket-serve",
]);

/** Whether the last note reports the result: skipped files, the path to enter, or which files match. */
function tellsResult({ kind, state }: Transfer): boolean {
  if (kind === "verify") return state === "done" || state === "failed";
  return state === "done" && (kind === "fetch" || kind === "publish");
}

/** One transfer: bytes done of the total, rate, time left, and buttons to stop it. */
function TransferRow({ transfer, tools }: { transfer: Transfer; tools: ReactNode }) {
  const t = useWords("transfers");
  const { kind, name, state, doneBytes, totalBytes, error, note } = transfer;
  const isOpen = isActive(transfer) || state === "paused";
  const [done, total] = [formatBytes(doneBytes), formatBytes(totalBytes)];
  return (
    <li className={styles.row}>
      <span className={styles.name}>
        <State transfer={transfer} />
        <span>{`${t(`kind.${kind}`)}: ${name}`}</span>
      </span>
      <span className={styles.numbers}>
        <Numbers transfer={transfer} />
      </span>
      <span className={styles.tools}>{tools}</span>
      {isOpen && (
        <div className={styles.bar}>
          <ProgressBar
            label={t("progress", { name, done, total })}
            share={totalBytes === 0 ? undefined : doneBytes / totalBytes}
            isPaused={state === "paused"}
          />
        </div>
      )}
      {error && (
        <p className={styles.error} role="alert">
          {error.message} <code>{error.code}</code>
        </p>
      )}
      {note !== undefined && (isOpen || tellsResult(transfer)) && (
        <p className={styles.note}>{asSentence(note)}</p>
      )}
      <Log stages={transfer.log ?? []} />
    </li>
  );
}

/** The stages of a transfer: the last one, which expands to all of them. */
function Log({ stages }: { stages: readonly string[] }) {
  const last = stages.at(-1);
  if (last === undefined) return null;
  return (
    <details className={styles.log}>
      <summary>{asSentence(last)}</summary>
      <ol className={styles.stages}>
        {stages.map((stage, at) => (
          <li key={`${at} ${stage}`}>{asSentence(stage)}</li>
        ))}
      </ol>
    </details>
  );
}

function State({ transfer: { state } }: { transfer: Transfer }) {
  if (state === "done") return <Icon of={CircleCheck} />;
  return state === "failed" ? <Icon of={CircleAlert} /> : null;
}

function Numbers({ transfer }: { transfer: Transfer }) {
  const t = useWords("transfers");
  const { state, doneBytes, totalBytes, bytesPerSecond, secondsLeft } = transfer;
  if (state !== "running") return <span>{t(`state.${state}`)}</span>;
  return (
    <>
      <span>{t("amount", { done: formatBytes(doneBytes), total: formatBytes(totalBytes) })}</span>
      {bytesPerSecond !== undefined && (
        <span>{t("speed", { rate: formatBytes(Math.round(bytesPerSecond)) })}</span>
      )}
      {secondsLeft !== undefined && <span>{t("left", { time: formatDuration(secondsLeft) })}</span>}
    </>
  );
}

function Tools({ transfer }: { transfer: Transfer }) {
  const t = useWords("transfers");
  const { client } = useStudio();
  const { id, kind, name, state } = transfer;
  const canPause = PAUSABLE.has(kind);
  const ids = { ids: [id] };
  return (
    <>
      {isActive(transfer) && canPause && (
        <IconButton
          icon={Pause}
          label={t("pause", { name })}
          onPress={() => attempt(client.transfers.pause(ids))}
        />
      )}
      {(state === "paused" || (state === "failed" && canPause)) && (
        <IconButton
          icon={Play}
          label={t("resume", { name })}
          onPress={() => attempt(client.transfers.resume(ids))}
        />
      )}
      {(isActive(transfer) || state === "paused") && (
        <Cancel name={name} onPress={() => attempt(client.transfers.cancel(ids))} />
      )}
    </>
  );
}

function Cancel({ name, onPress }: { name: string; onPress: () => void }) {
  const t = useWords("transfers");
  return <IconButton icon={X} label={t("cancel", { name })} onPress={onPress} />;
}
