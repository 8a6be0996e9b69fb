import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import type { Connection } from "../../engine/contract/buckets.ts";
import { useStudio } from "../connection/studio.tsx";
import { TransferDock } from "../transfers/transfer-dock.tsx";
import { Empty, Failed, Skeleton } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { DropSign } from "../ui/drop-sign.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import { Browser } from "./browser/browser.tsx";
import styles from "./buckets-page.module.css";
import { ConnectionList } from "./connection-list.tsx";
import { ConnectionDialog } from "./form/connection-dialog.tsx";
import { type BucketAddress, useBucketAddress } from "./use-bucket-address.ts";
import { useConnectionActions } from "./use-connection-actions.tsx";
import { useFileDrop } from "../ui/use-file-drop.ts";

/** Connections to buckets, and what lies in them; by its address. */
export function BucketsPage() {
  const { queries } = useStudio();
  const address = useBucketAddress();
  const [yaml, setYaml] = useState<string>();
  const list = useQuery(queries.buckets.connections.queryOptions());
  const { data: connections, error, refetch } = list;
  const chosen = connections?.find(({ id }) => id === address.at) ?? connections?.[0];
  const verbs = useConnectionActions(chosen, address);
  const takeSecret = async (file: File) => {
    setYaml(await file.text());
    address.add();
  };
  return (
    <div className={styles.page} data-empty={connections?.length === 0 || undefined}>
      {connections?.length === 0 ? (
        <Nothing
          onAdd={address.add}
          onSecret={(file: File | undefined) => file && attempt(takeSecret(file))}
        />
      ) : (
        <Connections
          connections={connections}
          error={error}
          openId={chosen?.id}
          address={address}
          onRetry={() => void refetch()}
        />
      )}
      {chosen && <Browser key={chosen.id} connection={chosen} address={address} verbs={verbs} />}
      <TransferDock />
      <Form address={address} connections={connections} yaml={yaml} onYaml={setYaml} />
      {verbs.dialog}
    </div>
  );
}

interface FormProps {
  readonly address: BucketAddress;
  readonly connections: readonly Connection[] | undefined;
  /** A Secret that was dropped on the page. */
  readonly yaml: string | undefined;
  readonly onYaml: (yaml: string | undefined) => void;
}

/** The form of a connection, where the address asks for one. */
function Form({ address, connections, yaml, onYaml }: FormProps) {
  const { isAdding, editedId, field, close, open } = address;
  const edited = connections?.find(({ id }) => id === editedId);
  if (!isAdding && edited === undefined) return null;
  return (
    <ConnectionDialog
      key={edited?.id ?? "new"}
      connection={edited}
      field={field}
      yaml={yaml}
      onClose={() => {
        onYaml(undefined);
        close();
      }}
      onReady={(id) => {
        onYaml(undefined);
        open({ connectionId: id, prefix: "" });
      }}
    />
  );
}

interface ConnectionsProps {
  readonly connections: readonly Connection[] | undefined;
  readonly error: Error | null;
  readonly openId: string | undefined;
  readonly address: BucketAddress;
  readonly onRetry: () => void;
}

/** The column of connections, and the way to one more. */
function Connections({ connections, error, openId, address, onRetry }: ConnectionsProps) {
  const t = useWords("buckets");
  return (
    <aside className={styles.list} aria-label={t("connections")}>
      <header className={styles.head}>
        <h1 className={styles.title}>{t("title")}</h1>
        <IconButton icon={Plus} label={t("add")} keys="n" variant="quiet" onPress={address.add} />
      </header>
      {error && <Failed title={t("failed")} error={error} onRetry={onRetry} />}
      {connections === undefined && !error && <Skeleton className={styles.skeleton} />}
      {connections && (
        <ConnectionList
          connections={connections}
          openId={openId}
          onOpen={(id) => address.open({ connectionId: id, prefix: "" })}
        />
      )}
    </aside>
  );
}

interface NothingProps {
  readonly onAdd: () => void;
  readonly onSecret: (file: File | undefined) => void;
}

/** There is no connection yet: what one is good for, and two ways to it. */
function Nothing({ onAdd, onSecret }: NothingProps) {
  const t = useWords("buckets");
  const drop = useFileDrop(onSecret);
  return (
    <div className={styles.nothing} {...drop.handlers}>
      <h1 className={styles.title}>{t("title")}</h1>
      <Empty title={t("empty.title")}>
        <p className={styles.text}>{t("empty.text")}</p>
        <Button variant="filled" icon={Plus} onPress={onAdd}>
          {t("add")}
        </Button>
      </Empty>
      {drop.isOver && <DropSign icon={KeyRound}>{t("drop")}</DropSign>}
    </div>
  );
}
