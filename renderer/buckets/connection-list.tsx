import { CircleAlert, CircleCheck, CircleDashed, LoaderCircle } from "lucide-react";
import { useLayoutEffect, useRef } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import type { Connection } from "../../engine/contract/buckets.ts";
import { useConnectionTests } from "../state/connections.ts";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/words.ts";
import styles from "./connection-list.module.css";

export interface ConnectionListProps {
  readonly connections: readonly Connection[];
  readonly openId: string | undefined;
  readonly onOpen: (id: string) => void;
}

/** The connections by name, each with its bucket and how it stands with it. */
export function ConnectionList({ connections, openId, onOpen }: ConnectionListProps) {
  const t = useWords("buckets");
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [openId]);
  return (
    <ListBox
      ref={list}
      aria-label={t("connections")}
      className={styles.list ?? ""}
      selectionMode="single"
      disallowEmptySelection={openId !== undefined}
      selectedKeys={openId === undefined ? [] : [openId]}
      onSelectionChange={(keys) => {
        const chosen = connections.find(({ id }) => keys !== "all" && keys.has(id));
        if (chosen) onOpen(chosen.id);
      }}
    >
      {connections.map((connection) => (
        <ConnectionRow key={connection.id} connection={connection} />
      ))}
    </ListBox>
  );
}

const SIGNS = {
  ready: CircleCheck,
  failed: CircleAlert,
  unknown: CircleDashed,
  testing: LoaderCircle,
} as const;

/** How it stands with a connection, as far as it is known. */
export function useConnectionState({ id, check }: Connection): keyof typeof SIGNS {
  const isTesting = useConnectionTests(({ running }) => running.has(id));
  return isTesting ? "testing" : (check?.state ?? "unknown");
}

function ConnectionRow({ connection }: { connection: Connection }) {
  const t = useWords("buckets");
  const { id, name, bucket, origin } = connection;
  const state = useConnectionState(connection);
  return (
    <ListBoxItem id={id} textValue={name} className={styles.row ?? ""}>
      <span className={styles.name}>{name}</span>
      <span className={styles.line}>
        {bucket ?? t("anyBucket")}
        <span className={styles.host}>{origin.replace(/^https?:\/\//, "")}</span>
      </span>
      <span className={styles.state} data-state={state}>
        <Icon of={SIGNS[state]} />
        {t(`state.${state}`)}
      </span>
    </ListBoxItem>
  );
}
