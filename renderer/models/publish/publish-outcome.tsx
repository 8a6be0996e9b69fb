import { CircleCheck, Copy } from "lucide-react";
import { useLocation } from "wouter";
import type { Connection } from "../../../engine/contract/buckets.ts";
import { StudioError } from "../../../engine/contract/errors.ts";
import type { Transfer } from "../../../engine/contract/transfers.ts";
import { useTransfers } from "../../state/transfers.ts";
import { Failed } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { ProgressBar } from "../../ui/progress-bar.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
import { formatBytes, formatDuration } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { type Begun, bucketOf, folderOf, type Publication } from "./publication.ts";
import { Step } from "./publish-form.tsx";
import styles from "./publish.module.css";

export interface PublishOutcomeProps {
  readonly title: string;
  readonly begun: Begun;
  readonly publication: Publication;
  readonly connection: Connection;
  readonly onAgain: () => void;
  readonly onClose: () => void;
}

/** How far it is; why it failed; or what to enter in OpenShift AI. */
export function PublishOutcome(props: PublishOutcomeProps) {
  const { title, begun, publication, connection, onAgain, onClose } = props;
  const t = useWords("publish");
  const [, navigate] = useLocation();
  const transfer = useTransfers(({ all }) => all.find(({ id }) => id === begun.transferId));
  const { name } = publication;
  const isDone = transfer?.state === "done";
  const see = () => {
    const parts = new URLSearchParams({
      at: connection.id,
      prefix: `${folderOf(publication)}${name}/`,
    });
    if (connection.bucket === null) parts.set("bucket", bucketOf(publication, connection));
    navigate(`/buckets?${parts}`);
  };
  return (
    <Dialog
      title={title}
      size="wide"
      isOpen
      onClose={onClose}
      actions={
        <>
          {isDone && <Button onPress={see}>{t("see")}</Button>}
          <Button {...(isDone && { variant: "filled" as const })} onPress={onClose}>
            {t(isDone ? "done" : "close")}
          </Button>
        </>
      }
    >
      {transfer?.error && (
        <Failed
          title={t("failed", { name })}
          error={new StudioError(transfer.error.code, transfer.error.details)}
          onRetry={onAgain}
        />
      )}
      {isDone && <Published {...props} />}
      {!isDone && !transfer?.error && <Progress name={name} transfer={transfer} />}
    </Dialog>
  );
}

function Progress({ name, transfer }: { name: string; transfer: Transfer | undefined }) {
  const t = useWords("publish");
  const { doneBytes = 0, totalBytes = 0, secondsLeft, note } = transfer ?? {};
  return (
    <div className={styles.form} role="status">
      <ProgressBar
        label={t("progress", { name })}
        share={totalBytes === 0 ? undefined : doneBytes / totalBytes}
      />
      <p className={styles.numbers}>
        {totalBytes > 0 &&
          t("amount", { done: formatBytes(doneBytes), total: formatBytes(totalBytes) })}
        {secondsLeft !== undefined && (
          <span>{t("left", { time: formatDuration(secondsLeft) })}</span>
        )}
      </p>
      {note !== undefined && <p>{note}</p>}
      <p className={styles.help}>{t("progressHelp")}</p>
    </div>
  );
}

/** The rest of the document: the data connection and the model location, to copy. */
function Published({ begun, publication, connection }: PublishOutcomeProps) {
  const t = useWords("publish");
  const transfer = useTransfers(({ all }) => all.find(({ id }) => id === begun.transferId));
  return (
    <div className={styles.form}>
      <p className={styles.done} role="status">
        <Icon of={CircleCheck} />
        {t("published", { name: `${publication.name}.mar` })}
      </p>
      {transfer?.note !== undefined && <p>{transfer.note}</p>}
      <Step title={t("deployment")}>
        <h4 className={styles.subtitle}>{t("dataConnection")}</h4>
        <p className={styles.help}>{t("dataConnectionHelp")}</p>
        <dl>
          <Value name={t("endpoint")} value={connection.endpoint} />
          <Value name={t("region")} value={connection.region ?? "us-east-1"} />
          <Value name={t("bucket")} value={bucketOf(publication, connection)} />
        </dl>
        <h4 className={styles.subtitle}>{t("location")}</h4>
        <p className={styles.help}>{t("locationHelp")}</p>
        <dl>
          <Value name={t("location")} value={begun.path} />
          <Value name={t("format")} value={t("formatValue")} />
        </dl>
      </Step>
    </div>
  );
}

function Value({ name, value }: { name: string; value: string }) {
  const t = useWords("publish");
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    showToast(t("copied"));
  };
  return (
    <div className={styles.value}>
      <dt>{name}</dt>
      <dd>
        <code>{value}</code>
      </dd>
      <dd>
        <IconButton
          icon={Copy}
          size="dense"
          label={t("copy", { what: name })}
          onPress={() => attempt(copy())}
        />
      </dd>
    </div>
  );
}
