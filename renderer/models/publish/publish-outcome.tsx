import { useQuery } from "@tanstack/react-query";
import { CircleCheck, Copy, TriangleAlert } from "lucide-react";
import { useLocation } from "wouter";
import type { BucketPlace, Connection } from "../../../engine/contract/buckets.ts";
import { StudioError } from "../../../engine/contract/errors.ts";
import { asSentence } from "../../../engine/contract/sentence.ts";
import type { Transfer } from "../../../engine/contract/transfers.ts";
import { useStudio } from "../../connection/studio.tsx";
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
import { type Begun, bucketOf, folderOf, placeOf, type Publication } from "./publication.ts";
import { Step } from "./publish-form.tsx";
import styles from "./publish.module.css";

export interface PublishOutcomeProps {
  readonly title: string;
  readonly begun: Begun;
  readonly publication: Publication;
  readonly connection: Connection;
  /** Publishes again with the same choices. */
  readonly onAgain: () => void;
  /** Returns to the form with the same choices. */
  readonly onBack: () => void;
  readonly onClose: () => void;
}

/** The progress, the reason for a failure, or what to enter in OpenShift AI. */
export function PublishOutcome(props: PublishOutcomeProps) {
  const { title, begun, publication, onAgain, onBack, onClose } = props;
  const t = useWords("publish");
  const transfer = useTransfer(begun);
  const { name } = publication;
  const isDone = transfer?.state === "done";
  const isCancelled = transfer?.state === "cancelled";
  const isOpen = !isDone && !isCancelled && !transfer?.error;
  return (
    <Dialog
      title={title}
      size="wide"
      isOpen
      onClose={onClose}
      actions={<Verbs {...props} transfer={transfer} />}
    >
      {transfer?.error && (
        <Failed
          title={t("failed", { name })}
          error={new StudioError(transfer.error.code, transfer.error.details)}
          onRetry={onAgain}
        >
          <Button onPress={onBack}>{t("back")}</Button>
        </Failed>
      )}
      {isCancelled && <p role="status">{t("cancelled", { name })}</p>}
      {isDone && <Published {...props} />}
      {isOpen && <Progress name={name} transfer={transfer} />}
    </Dialog>
  );
}

function useTransfer({ transferId }: Begun): Transfer | undefined {
  return useTransfers(({ all }) => all.find(({ id }) => id === transferId));
}

/** The buttons at the bottom, by state. */
function Verbs(props: PublishOutcomeProps & { readonly transfer: Transfer | undefined }) {
  const { begun, publication, connection, onBack, onClose, transfer } = props;
  const t = useWords("publish");
  const { client } = useStudio();
  const [, navigate] = useLocation();
  const see = () => {
    const prefix = `${folderOf(publication)}${publication.name}/`;
    const parts = new URLSearchParams({ at: connection.id, prefix });
    if (connection.bucket === null) parts.set("bucket", bucketOf(publication, connection));
    navigate(`/buckets?${parts}`);
  };
  const deploy = () => {
    const parts = new URLSearchParams({ at: connection.id, path: begun.path });
    if (connection.bucket === null) parts.set("bucket", bucketOf(publication, connection));
    navigate(`/deploy?${parts}`);
  };
  switch (transfer?.state) {
    case "done":
      return (
        <>
          <Button onPress={onClose}>{t("done")}</Button>
          <Button onPress={see}>{t("see")}</Button>
          <Button variant="filled" onPress={deploy}>
            {t("deploy")}
          </Button>
        </>
      );
    case "cancelled":
      return (
        <>
          <Button onPress={onClose}>{t("close")}</Button>
          <Button variant="filled" onPress={onBack}>
            {t("again")}
          </Button>
        </>
      );
    case "waiting":
    case "running":
    case "paused": {
      const ids = { ids: [transfer.id] };
      return (
        <>
          <Button onPress={() => attempt(client.transfers.cancel(ids))}>{t("stop")}</Button>
          {transfer.state === "paused" && (
            <Button onPress={() => attempt(client.transfers.resume(ids))}>{t("resume")}</Button>
          )}
          <Button onPress={onClose}>{t("close")}</Button>
        </>
      );
    }
    case "failed":
    case undefined:
      return <Button onPress={onClose}>{t("close")}</Button>;
  }
}

function Progress({ name, transfer }: { name: string; transfer: Transfer | undefined }) {
  const t = useWords("publish");
  const { doneBytes = 0, totalBytes = 0, bytesPerSecond, secondsLeft, note } = transfer ?? {};
  const isPaused = transfer?.state === "paused";
  return (
    <div className={styles.progress} role="status">
      <ProgressBar
        label={t("progress", { name })}
        share={totalBytes === 0 ? undefined : doneBytes / totalBytes}
        isPaused={isPaused}
      />
      <p className={styles.numbers}>
        {isPaused && <span>{t("paused")}</span>}
        {totalBytes > 0 && (
          <span>
            {t("amount", { done: formatBytes(doneBytes), total: formatBytes(totalBytes) })}
          </span>
        )}
        {bytesPerSecond !== undefined && bytesPerSecond >= 1 && (
          <span>{t("speed", { rate: formatBytes(Math.round(bytesPerSecond)) })}</span>
        )}
        {secondsLeft !== undefined && (
          <span>{t("left", { time: formatDuration(secondsLeft) })}</span>
        )}
      </p>
      {note !== undefined && <p>{asSentence(note)}</p>}
      <p className={styles.help}>{t("progressHelp")}</p>
    </div>
  );
}

/** The rest of the document: the data connection and the model location, with copy buttons. */
function Published({ begun, publication, connection }: PublishOutcomeProps) {
  const t = useWords("publish");
  return (
    <div className={styles.form}>
      <p className={styles.done} role="status">
        <Icon of={CircleCheck} />
        {t("published", { name: `${publication.name}.mar` })}
      </p>
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
          <Value name={t("path")} value={begun.path} />
          <Value name={t("format")} value={t("formatValue")} />
        </dl>
        <SharedPrefix place={placeOf(publication, connection)} path={begun.path} />
      </Step>
    </div>
  );
}

/** Maximum number of neighbours that are named. */
const NAMED = 3;

/** Warns of other keys that start with the path without its slash: KServe copies everything with that prefix. */
function SharedPrefix({ place, path }: { place: BucketPlace; path: string }) {
  const t = useWords("publish");
  const { queries } = useStudio();
  const { connectionId, bucket } = place;
  const prefix = path.replace(/\/$/, "");
  const listed = useQuery(
    queries.buckets.list.queryOptions({
      input: { connectionId, ...(bucket !== undefined && { bucket }), prefix, limit: 100 },
    }),
  ).data;
  const keys = [
    ...(listed?.folders ?? []).map((folder) => folder.prefix),
    ...(listed?.objects ?? []).map(({ key }) => key),
  ];
  const others = keys.filter((key) => !key.startsWith(path));
  if (others.length === 0) return null;
  return (
    <p className={styles.warning}>
      <Icon of={TriangleAlert} />
      {t("sharedPrefix", { count: others.length, path, others: namesOf(others) })}
    </p>
  );
}

function namesOf(keys: readonly string[]): string {
  const more = keys.length - NAMED;
  const named = more > 0 ? [...keys.slice(0, NAMED), `${more} more`] : keys;
  return new Intl.ListFormat("en").format(named);
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
