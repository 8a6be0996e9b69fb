import { useEffect } from "react";
import type { BucketPlace } from "../../../engine/contract/buckets.ts";
import { type ConnectionField, fieldOf } from "../../state/connections.ts";
import { codeOf, Empty, Failed, Skeleton } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { StaleLine } from "../../ui/stale-line.tsx";
import { useWords } from "../../words/words.ts";
import { useDragOut } from "../download/use-drag-out.ts";
import styles from "./browser.module.css";
import { ObjectList, type ObjectListProps } from "./object-list.tsx";
import type { Listing } from "./use-listing.ts";

export interface FolderContentProps extends RowsProps {
  readonly onEdit: (field: ConnectionField | undefined) => void;
}

/** The list of a folder, or the reason why there is none and what to do about it. */
export function FolderContent({ onEdit, ...props }: FolderContentProps) {
  const { listing } = props;
  const t = useWords("buckets");
  const { error, isPending, rows, isCut, readAt, refresh, retry } = listing;
  if (error && rows.length === 0) {
    const code = codeOf(error);
    const field = code === undefined ? undefined : fieldOf(code);
    return (
      <div className={styles.state}>
        <Failed title={t("listFailed")} error={error} onRetry={refresh}>
          <Button onPress={() => onEdit(field)}>{t("actions.edit")}</Button>
        </Failed>
      </div>
    );
  }
  if (isPending) return <Skeletons />;
  return (
    <>
      {error && <StaleLine isCut={isCut} error={error} readAt={readAt} onRetry={retry} />}
      <Rows {...props} />
    </>
  );
}

function Skeletons() {
  return (
    <div className={styles.skeletons}>
      {[1, 2, 3, 4, 5, 6].map((line) => (
        <Skeleton key={line} className={styles.line} />
      ))}
    </div>
  );
}

interface RowsProps extends Pick<ObjectListProps, "sort" | "onSort" | "onOpen" | "onMenu"> {
  readonly listing: Listing;
  readonly place: BucketPlace;
  readonly prefix: string;
}

/** The rows of the folder that have been read. */
function Rows({ listing, place, prefix, ...gestures }: RowsProps) {
  const { rows, hasMore, readOn } = listing;
  const dragOut = useDragOut(place);
  if (rows.length === 0) return <NothingHere listing={listing} prefix={prefix} />;
  return (
    <ObjectList rows={rows} hasMore={hasMore} onEnd={readOn} dragOut={dragOut} {...gestures} />
  );
}

interface NothingHereProps {
  readonly listing: Listing;
  readonly prefix: string;
}

/** An empty bucket, an empty folder, or a search that found nothing. */
function NothingHere({ listing, prefix }: NothingHereProps) {
  const t = useWords("buckets");
  const { search, hasMore, seen, readOn } = listing;
  // A page of a search may be empty and not the last.
  useEffect(() => {
    if (hasMore) readOn();
  }, [hasMore, readOn]);
  if (search !== "")
    return (
      <div className={styles.state}>
        <Empty title={t(hasMore ? "searching" : "noMatch", { words: search, count: seen })} />
      </div>
    );
  return (
    <div className={styles.state}>
      <Empty title={t(prefix === "" ? "emptyBucket" : "emptyFolder")}>
        <p className={styles.text}>{t("emptyText")}</p>
      </Empty>
    </div>
  );
}
