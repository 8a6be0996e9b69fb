import { GridList, GridListItem, ListLayout, Virtualizer } from "react-aria-components";
import type { ServedRequest } from "../../../engine/contract/server.ts";
import { formatBytes } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { formatClockTime, formatMs } from "./format-request.ts";
import { RequestStatus, useStatusWords } from "./request-status.tsx";
import styles from "./requests-tab.module.css";

export interface RequestListProps {
  readonly rows: readonly ServedRequest[];
  readonly openId: string | undefined;
  readonly onOpen: (id: string | undefined) => void;
}

/** The same as in requests-tab.module.css. */
const ROW_HEIGHT = 32;

/** The requests, newest first; only those in view are rendered. */
export function RequestList({ rows, openId, onOpen }: RequestListProps) {
  const t = useWords("server");
  return (
    <>
      <Head />
      <Virtualizer layout={ListLayout} layoutOptions={{ rowHeight: ROW_HEIGHT }}>
        <GridList
          aria-label={t("tabs.requests")}
          className={styles.list ?? ""}
          items={rows}
          selectionMode="single"
          selectionBehavior="replace"
          selectedKeys={openId === undefined ? [] : [openId]}
          onSelectionChange={(keys) => {
            const [id] = keys === "all" ? [] : keys;
            // Escape clears the selection, and so closes the details.
            onOpen(id === undefined ? undefined : String(id));
          }}
          // The arrow keys have opened it already: Enter keeps it open.
          onAction={(id) => onOpen(String(id))}
        >
          {(row) => <Row row={row} />}
        </GridList>
      </Virtualizer>
    </>
  );
}

/** Column names; each row also names its own values. */
function Head() {
  const t = useWords("server");
  return (
    <div className={styles.head} aria-hidden>
      <span>{t("requests.time")}</span>
      <span className={styles.client}>{t("requests.client")}</span>
      <span>{t("requests.request")}</span>
      <span>{t("requests.status")}</span>
      <span className={styles.number}>{t("requests.took")}</span>
      <span className={`${styles.number} ${styles.size}`}>{t("requests.size")}</span>
    </div>
  );
}

function Row({ row }: { row: ServedRequest }) {
  const t = useWords("server");
  const status = useStatusWords();
  const { id, at, client, keyName, method, path, ms, replyBytes } = row;
  const who = keyName ?? client;
  const said = { time: formatClockTime(at), who, method, path, status: status(row) };
  return (
    <GridListItem id={id} textValue={t("requests.row", said)} className={styles.row ?? ""}>
      <span className={styles.quiet}>{said.time}</span>
      <span className={styles.client} title={client}>
        {who}
      </span>
      <span className={styles.request} title={path}>
        <span className={styles.method}>{method}</span>
        <code className={styles.path}>
          <bdi>{path}</bdi>
        </code>
      </span>
      <RequestStatus {...row} />
      <span className={styles.number}>{ms === undefined ? "" : formatMs(ms)}</span>
      <span className={`${styles.number} ${styles.size}`}>
        {replyBytes === undefined ? "" : formatBytes(replyBytes)}
      </span>
    </GridListItem>
  );
}
