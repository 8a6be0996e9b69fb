import { useQuery } from "@tanstack/react-query";
import { CloudOff, RefreshCw, Trash2 } from "lucide-react";
import type { BucketPlace, IncompleteUpload } from "../../../engine/contract/buckets.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Empty, Failed, Skeleton } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
import { formatBytes, formatWhen } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import styles from "./browser.module.css";

/** Uploads that were started and neither finished nor aborted. No object list shows them, but they are billed. */
export function IncompleteUploads({ place }: { place: BucketPlace }) {
  const t = useWords("buckets");
  const { client, queries } = useStudio();
  const asked = useQuery({
    ...queries.buckets.incomplete.queryOptions({ input: place }),
    staleTime: 0,
  });
  const { data: uploads, error, refetch, isFetching } = asked;
  const abort = async (some: readonly IncompleteUpload[]) => {
    const ids = some.map(({ key, uploadId }) => ({ key, uploadId }));
    await client.buckets.abortIncomplete({ ...place, uploads: ids });
    showToast(t("incomplete.aborted", { count: some.length }));
    await refetch();
  };
  if (error)
    return <Failed title={t("incomplete.failed")} error={error} onRetry={() => void refetch()} />;
  if (uploads === undefined) return <Skeleton className={styles.skeleton} />;
  if (uploads.length === 0)
    return (
      <Empty title={t("incomplete.empty")}>
        <Button icon={RefreshCw} isPending={isFetching} onPress={() => void refetch()}>
          {t("actions.refresh")}
        </Button>
      </Empty>
    );
  return (
    <div className={styles.incomplete}>
      <div className={styles.tools}>
        <p className={styles.text}>{t("incomplete.text")}</p>
        <Button
          icon={Trash2}
          variant="danger"
          onPress={() => attempt(abort(uploads.slice(0, 1000)))}
        >
          {t("incomplete.abortAll", { count: uploads.length })}
        </Button>
      </div>
      <ul className={styles.uploads} aria-label={t("views.incomplete")}>
        {uploads.map((upload) => (
          <li key={`${upload.uploadId} ${upload.key}`} className={styles.upload}>
            <Icon of={CloudOff} />
            <span className={styles.uploadName}>{upload.key}</span>
            <span className={styles.quiet}>
              <UploadFacts upload={upload} />
            </span>
            <Button size="dense" onPress={() => attempt(abort([upload]))}>
              {t("incomplete.abort")}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function UploadFacts({ upload: { startedAt, bytes, parts } }: { upload: IncompleteUpload }) {
  const t = useWords("buckets");
  return [
    startedAt !== undefined && t("incomplete.started", { when: formatWhen(startedAt) }),
    bytes !== undefined && formatBytes(bytes),
    parts !== undefined && t("incomplete.parts", { count: parts }),
  ]
    .filter((words) => words !== false)
    .join(" · ");
}
