import { Upload } from "lucide-react";
import {
  type ReactNode,
  type RefObject,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { BucketPlace, Connection } from "../../../engine/contract/buckets.ts";
import { type MenuPoint, useContextMenu } from "../../shortcuts/context-menu.tsx";
import { type Action, useActions } from "../../shortcuts/registry.ts";
import { bucketChoice } from "../../state/choice.ts";
import type { ConnectionField } from "../../state/connections.ts";
import { keepLayout, useView } from "../../state/view.ts";
import { Columns } from "../../ui/columns.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { DropSign } from "../../ui/drop-sign.tsx";
import type { Panel } from "../../ui/use-panel.ts";
import { useWords } from "../../words/words.ts";
import { useUploads } from "../upload/use-uploads.tsx";
import { useMediaQuery } from "../../ui/use-media-query.ts";
import { DetailsColumn } from "../../picture/details-column.tsx";
import { useDetailsColumn } from "../../picture/use-details-column.ts";
import styles from "./browser.module.css";
import { ChoiceBar } from "./choice-bar.tsx";
import { BucketDetails, type BucketDetailsProps } from "./bucket-details.tsx";
import { FolderContent } from "./folder-content.tsx";
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
  /** The folder that was shown before, undefined if this is the first. */
  readonly lastShown: RefObject<string | undefined>;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly onOpen: (prefix: string) => void;
  readonly onEdit: (field: ConnectionField | undefined) => void;
}

/** One folder of a bucket: its rows, the selection, and the actions. */
export function FolderView(props: FolderViewProps) {
  const { connection, place, bucket, prefix, sort, onSort, onOpen, onEdit } = props;
  const t = useWords("buckets");
  const name = prefix === "" ? bucket : lastNameOf(prefix);
  const [words, setWords] = useState("");
  const searchRef = useRef<HTMLInputElement>(null);
  const listing = useListing(place, prefix, words, sort);
  const chosen = useChosen(listing);
  const view = useFocusTakenOver(listing, props.lastShown);
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
  const menu = useRowsMenu(folder.ofRows);
  return (
    <WithDetails column={column} details={{ place, bucket, prefix, chosen }}>
      <div
        ref={view}
        role="group"
        aria-label={name}
        tabIndex={-1}
        className={styles.folder}
        {...uploads.drop.handlers}
      >
        <Toolbar
          words={words}
          onWords={setWords}
          searchRef={searchRef}
          listing={listing}
          folder={folder}
          column={column}
        />
        <FolderContent
          {...{ listing, place, prefix, sort, onSort, onEdit }}
          onOpen={folder.open}
          onMenu={menu.ask}
        />
        <ChoiceBar chosen={chosen} actions={folder.ofRows} isTakingAll={all.isTaking} />
        {uploads.drop.isOver && (
          <DropSign icon={Upload}>{t("dropFiles", { folder: name })}</DropSign>
        )}
        {menu.menu}
        {folder.dialogs}
      </div>
    </WithDetails>
  );
}

/** The menu for the selected rows, which opens with the actions for those that the click has just selected. */
function useRowsMenu(actions: readonly Action[]) {
  const t = useWords("buckets");
  const { open, menu } = useContextMenu(t("actions.group"));
  const [point, ask] = useState<MenuPoint>();
  const show = useEffectEvent((at: MenuPoint) => open(at, actions));
  useEffect(() => {
    if (point !== undefined) show(point);
  }, [point]);
  return { ask, menu };
}

interface WithDetailsProps {
  readonly column: Panel;
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

/**
 * Takes the focus that was lost with the folder shown before: the view has it while the folder is read and if it is
 * empty; otherwise the row of the folder shown before, after going up, or the first row.
 */
function useFocusTakenOver(
  { rows, isPending }: Listing,
  lastShown: RefObject<string | undefined>,
): RefObject<HTMLDivElement | null> {
  const view = useRef<HTMLDivElement>(null);
  const from = useRef("");
  useLayoutEffect(() => {
    if (lastShown.current === undefined || document.activeElement !== document.body) return;
    from.current = lastShown.current;
    view.current?.focus();
  }, [lastShown]);
  useEffect(() => {
    if (isPending || document.activeElement !== view.current) return;
    const isOnTheWay = ({ kind, key }: Row) => kind === "folder" && from.current.startsWith(key);
    const row = rows.find(isOnTheWay) ?? rows[0];
    if (row === undefined) return;
    bucketChoice.choose(row.key);
    const selector = `[data-row="${rows.indexOf(row)}"]`;
    // After the list has scrolled it into view.
    requestAnimationFrame(() =>
      view.current?.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true }),
    );
  }, [rows, isPending]);
  return view;
}
