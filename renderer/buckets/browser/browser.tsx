import { Ellipsis } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Connection } from "../../../engine/contract/buckets.ts";
import { useContextMenu } from "../../shortcuts/context-menu.tsx";
import { Chips } from "../../ui/chips.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { useWords } from "../../words/words.ts";
import type { BucketAddress } from "../use-bucket-address.ts";
import type { ConnectionVerbs } from "../use-connection-actions.tsx";
import { Breadcrumbs } from "./breadcrumbs.tsx";
import styles from "./browser.module.css";
import { BucketNames } from "./bucket-names.tsx";
import { FolderView } from "./folder-view.tsx";
import { IncompleteUploads } from "./incomplete-uploads.tsx";
import { BY_NAME } from "./rows.ts";

export interface BrowserProps {
  readonly connection: Connection;
  readonly address: BucketAddress;
  readonly verbs: ConnectionVerbs;
}

/** What a connection gives access to: its buckets if it names none, otherwise folders and objects. */
export function Browser({ connection, address, verbs }: BrowserProps) {
  const { id, name } = connection;
  const bucket = connection.bucket ?? address.bucket;
  const [sort, setSort] = useState(BY_NAME);
  const place = useMemo(
    () => ({ connectionId: id, ...(bucket !== undefined && { bucket }) }),
    [id, bucket],
  );
  /** The folder that the next one to open takes the focus over from; "" after the list of buckets. */
  const lastShown = useRef<string>(undefined);
  useEffect(() => void (lastShown.current = address.prefix));
  const open = (prefix: string, other = address.bucket) =>
    address.open({ connectionId: id, bucket: other, prefix });
  return (
    <section className={styles.browser} aria-label={name}>
      <header className={styles.head}>
        <Breadcrumbs
          bucket={bucket}
          connection={name}
          prefix={address.prefix}
          hasBuckets={connection.bucket === null}
          onOpen={(prefix) => open(prefix)}
          onBuckets={() => address.open({ connectionId: id, prefix: "" })}
        />
        {bucket !== undefined && <Views address={address} />}
        <ConnectionMenu verbs={verbs} />
      </header>
      {bucket === undefined && (
        <BucketNames connection={connection} onOpen={(chosen) => open("", chosen)} />
      )}
      {bucket !== undefined && address.isIncomplete && <IncompleteUploads place={place} />}
      {bucket !== undefined && !address.isIncomplete && (
        <FolderView
          key={`${bucket}/${address.prefix}`}
          connection={connection}
          place={place}
          bucket={bucket}
          prefix={address.prefix}
          lastShown={lastShown}
          sort={sort}
          onSort={setSort}
          onOpen={(prefix) => open(prefix)}
          onEdit={(field) => address.edit(id, field)}
        />
      )}
    </section>
  );
}

const VIEWS = ["objects", "incomplete"] as const;

/** Objects, or incomplete uploads. */
function Views({ address }: { address: BucketAddress }) {
  const t = useWords("buckets");
  return (
    <Chips
      label={t("views.label")}
      isSegmented
      value={address.isIncomplete ? "incomplete" : "objects"}
      onChange={(view) => address.showIncomplete(view === "incomplete")}
      chips={VIEWS.map((value) => ({ value, label: t(`views.${value}`) }))}
    />
  );
}

/** The menu of a connection's own actions. */
export function ConnectionMenu({ verbs }: { verbs: ConnectionVerbs }) {
  const t = useWords("buckets");
  const { open, menu } = useContextMenu(t("actions.connection"));
  return (
    <>
      <IconButton
        icon={Ellipsis}
        label={t("actions.connection")}
        onPress={({ target }) =>
          open({ clientX: 0, clientY: 0, currentTarget: target }, verbs.actions)
        }
      />
      {menu}
    </>
  );
}
