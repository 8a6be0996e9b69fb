import { type ReactNode, useLayoutEffect, useRef } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import { Failed, Skeleton } from "./async-states.tsx";
import { classNames } from "./class-names.ts";
import styles from "./list-page.module.css";

export interface ListPageProps {
  /** A column of names; undefined if there is nothing to list yet. */
  readonly list: ReactNode;
  /** The open item, and a dock below both. */
  readonly children: ReactNode;
  readonly size?: "regular" | "wide";
}

/** A page with a column of names beside the open item; below 900 px they are stacked. */
export function ListPage({ list, children, size = "regular" }: ListPageProps) {
  return (
    <div
      className={classNames(styles.page, size === "wide" && styles.wide)}
      data-empty={list === undefined || undefined}
    >
      {list}
      {children}
    </div>
  );
}

export interface ListColumnProps<Item> {
  readonly title: string;
  readonly label: string;
  /** The button that adds an item. */
  readonly tool: ReactNode;
  /** Undefined until they have been read. */
  readonly items: readonly Item[] | undefined;
  readonly error: Error | null;
  readonly failed: string;
  readonly onRetry: () => void;
  readonly openId: string | undefined;
  readonly onOpen: (id: string) => void;
  readonly children: (item: Item) => ReactNode;
}

/** The column: its title, and a row for each item, one of which is open. */
export function ListColumn<Item extends { readonly id: string }>(props: ListColumnProps<Item>) {
  const { title, label, tool, items, error, failed, onRetry, openId, onOpen, children } = props;
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [openId, items?.length]);
  return (
    <aside className={styles.list} aria-label={label}>
      <header className={styles.head}>
        <h1 className={styles.title}>{title}</h1>
        {tool}
      </header>
      {error && <Failed title={failed} error={error} onRetry={onRetry} />}
      {items === undefined && !error && <Skeleton className={styles.skeleton} />}
      {items && (
        <ListBox
          ref={list}
          aria-label={label}
          className={styles.rows ?? ""}
          selectionMode="single"
          disallowEmptySelection={openId !== undefined}
          selectedKeys={openId === undefined ? [] : [openId]}
          onSelectionChange={(keys) => {
            const chosen = items.find(({ id }) => keys !== "all" && keys.has(id));
            if (chosen) onOpen(chosen.id);
          }}
        >
          {items.map(children)}
        </ListBox>
      )}
    </aside>
  );
}

export interface ListRowProps {
  readonly id: string;
  readonly name: string;
  /** Content at the right of the name. */
  readonly aside?: ReactNode;
  /** A small picture before the name. */
  readonly lead?: ReactNode;
  /** Secondary lines below the name. */
  readonly children: ReactNode;
}

/** One row of the column. */
export function ListRow({ id, name, aside, lead, children }: ListRowProps) {
  return (
    <ListBoxItem id={id} textValue={name} className={styles.row ?? ""}>
      {lead}
      <span className={styles.rowText}>
        <span className={styles.rowHead}>
          <span className={styles.name}>{name}</span>
          {aside}
        </span>
        {children}
      </span>
    </ListBoxItem>
  );
}

/** A secondary line of a row. */
export function ListLine({ children }: { children: ReactNode }) {
  return <span className={styles.line}>{children}</span>;
}
