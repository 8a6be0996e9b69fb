import { Upload } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import type { BucketPlace, Connection } from "../../../engine/contract/buckets.ts";
import { useContextMenu } from "../../shortcuts/context-menu.tsx";
import { useActions } from "../../shortcuts/registry.ts";
import { bucketChoice } from "../../state/choice.ts";
import { type ConnectionField, fieldOf } from "../../state/connections.ts";
import { keepLayout, useView } from "../../state/view.ts";
import { codeOf, Empty, Failed, Skeleton } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { Columns } from "../../ui/columns.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { DropSign } from "../../ui/drop-sign.tsx";
import { useWords } from "../../words/words.ts";
import { useDragOut } from "../download/use-drag-out.ts";
import { useUploads } from "../upload/use-uploads.tsx";
import { useMediaQuery } from "../../ui/use-media-query.ts";
import { DetailsColumn } from "../../picture/details-column.tsx";
import { type DetailsColumnControl, useDetailsColumn } from "../../picture/use-details-column.ts";
import styles from "./browser.module.css";
import { ChoiceBar } from "./choice-bar.tsx";
import { BucketDetails, type BucketDetailsProps } from "./bucket-details.tsx";
import { ObjectList, type ObjectListProps } from "./object-list.tsx";
import { lastNameOf, type Row, type Sort } from "./rows.ts";
import { Toolbar } from "./toolbar.tsx";
import { useFolderActions } from "./use-folder-actions.tsx";
import { type Listing, useListing } from "./use-listing.ts";
import { useTakeAll } from "./use-take-all.ts";

export interface FolderViewProps {
  readonly connection: Connection;
  readonly place: BucketPlace;
  readonly bucket: string;
  readonly prefix: string;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly onOpen: (prefix: string) => void;
  readonly onEdit: (field: ConnectionField | undefined) => void;
}

/** One folder of a bucket: its rows, the selection, and the actions. */
export function FolderView(props: FolderViewProps) {
  const { connection, place, bucket, prefix, sort, onSort, onOpen, onEdit } = props;
  const t = useWords("buckets");
  const [words, setWords] = useState("");
  const searchRef = useRef<HTMLInputElement>(null);
  const listing = useListing(place, prefix, words, sort);
  const chosen = useChosen(listing);
  const all = useTakeAll(listing);
  const column = useDetailsColumn();
  const uploads = useUploads({ connection, place, prefix });
  const folder = useFolderActions({
    connection,
    place,
    bucket,
    prefix,
    uploads,
    chosen,
    onOpen,
    refresh: listing.refresh,
    search: () => searchRef.current?.focus(),
    takeAll: all.take,
    toggleDetails: column.toggle,
  });
  useActions(folder.actions);
  const menu = useContextMenu(t("actions.group"));
  return (
    <WithDetails column={column} details={{ place, bucket, prefix, chosen }}>
      <div className={styles.folder} {...uploads.drop.handlers}>
        <Toolbar
          words={words}
          onWords={setWords}
          searchRef={searchRef}
          listing={listing}
          folder={folder}
          column={column}
        />
        <Content listing={listing} onEdit={onEdit}>
          <Rows
            {...{ listing, place, prefix, sort, onSort }}
            onOpen={folder.open}
            onMenu={(event) => menu.open(event, folder.ofRows)}
          />
        </Content>
        <ChoiceBar chosen={chosen} actions={folder.ofRows} isTakingAll={all.isTaking} />
        {uploads.drop.isOver && (
          <DropSign icon={Upload}>
            {t("dropFiles", { folder: prefix === "" ? bucket : lastNameOf(prefix) })}
          </DropSign>
        )}
        {menu.menu}
        {folder.dialogs}
      </div>
    </WithDetails>
  );
}

interface WithDetailsProps {
  readonly column: DetailsColumnControl;
  readonly details: BucketDetailsProps;
  readonly children: ReactNode;
}

/** The list with the details of the selection beside it, or over it if the page is too narrow. */
function WithDetails({ column, details, children }: WithDetailsProps) {
  const t = useWords("buckets");
  const layout = useView((view) => view.layouts["buckets"]);
  const isNarrow = useMediaQuery("(max-width: 699px)");
  const end = {
    content: (
      <DetailsColumn onHide={column.toggle}>
        <BucketDetails {...details} />
      </DetailsColumn>
    ),
    size: 320,
    minSize: 260,
    maxSize: 520,
  };
  return (
    <>
      <Columns
        name="buckets"
        layout={layout}
        onLayout={(sizes) => keepLayout("buckets", sizes)}
        end={column.isOpen && !isNarrow ? end : undefined}
      >
        {children}
      </Columns>
      <Dialog title={t("details.title")} isOpen={column.isOpen && isNarrow} onClose={column.toggle}>
        <BucketDetails {...details} />
      </Dialog>
    </>
  );
}

/** The selected rows, in list order; nothing is selected in a folder that has just opened. */
function useChosen({ rows, question }: Listing): readonly Row[] {
  const chosen = bucketChoice.useChoice((choice) => choice.chosen);
  const seen = useRef<{ readonly question: string; readonly keys: readonly string[] }>(undefined);
  useEffect(() => bucketChoice.forgetChoice(), []);
  useEffect(() => {
    if (question === undefined) return;
    const keys = rows.map(({ key }) => key);
    // After a change of order, no row takes the place of one that has not been read yet.
    const before = seen.current?.question === question ? seen.current.keys : [];
    bucketChoice.keepChoice(before, keys);
    seen.current = { question, keys };
  }, [rows, question]);
  return useMemo(
    () => (chosen.size === 0 ? [] : rows.filter(({ key }) => chosen.has(key))),
    [rows, chosen],
  );
}

interface ContentProps {
  readonly listing: Listing;
  readonly onEdit: (field: ConnectionField | undefined) => void;
  readonly children: ReactNode;
}

/** The list, or the reason why there is none and what to do about it. */
function Content({ listing, onEdit, children }: ContentProps) {
  const t = useWords("buckets");
  const { error, isPending, rows, refresh } = listing;
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
  return children;
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
