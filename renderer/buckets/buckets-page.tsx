import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, CircleDashed, KeyRound, LoaderCircle, Plus } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import type { Connection } from "../../engine/contract/buckets.ts";
import { useStudio } from "../connection/studio.tsx";
import { TransferDock } from "../transfers/transfer-dock.tsx";
import { Empty } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { DropSign } from "../ui/drop-sign.tsx";
import { Icon } from "../ui/icon.tsx";
import { useConnectionTests } from "../state/connections.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { ListColumn, ListLine, ListPage, ListRow } from "../ui/list-page.tsx";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import { Browser } from "./browser/browser.tsx";
import styles from "./buckets-page.module.css";
import { ConnectionDialog } from "./form/connection-dialog.tsx";
import { type BucketAddress, useBucketAddress } from "./use-bucket-address.ts";
import { useConnectionActions } from "./use-connection-actions.tsx";
import { useFileDrop } from "../ui/use-file-drop.ts";

/** Bucket connections and their content, as the address says. */
export function BucketsPage() {
  const t = useWords("buckets");
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
    <ListPage
      list={
        connections?.length === 0 ? undefined : (
          <ListColumn
            title={t("title")}
            label={t("connections")}
            tool={
              <IconButton
                icon={Plus}
                label={t("add")}
                keys="n"
                variant="quiet"
                onPress={address.add}
              />
            }
            items={connections}
            error={error}
            failed={t("failed")}
            onRetry={() => void refetch()}
            openId={chosen?.id}
            onOpen={(id) => address.open({ connectionId: id, prefix: "" })}
          >
            {(connection) => <ConnectionRow key={connection.id} connection={connection} />}
          </ListColumn>
        )
      }
    >
      {connections?.length === 0 && (
        <Nothing onAdd={address.add} onSecret={(file) => file && attempt(takeSecret(file))} />
      )}
      {chosen && <Browser key={chosen.id} connection={chosen} address={address} verbs={verbs} />}
      <TransferDock />
      <Form address={address} connections={connections} yaml={yaml} onYaml={setYaml} />
      {verbs.dialog}
    </ListPage>
  );
}

interface FormProps {
  readonly address: BucketAddress;
  readonly connections: readonly Connection[] | undefined;
  /** A Secret dropped on the page. */
  readonly yaml: string | undefined;
  readonly onYaml: (yaml: string | undefined) => void;
}

/** The connection form, if the address asks for it. */
function Form({ address, connections, yaml, onYaml }: FormProps) {
  const { isAdding, editedId, field, close, open, publishedModel } = address;
  const [, navigate] = useLocation();
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
        if (publishedModel === undefined) return open({ connectionId: id, prefix: "" });
        navigate(`/models?${new URLSearchParams({ model: publishedModel, publish: id })}`);
      }}
    />
  );
}

interface NothingProps {
  readonly onAdd: () => void;
  readonly onSecret: (file: File | undefined) => void;
}

/** Shown while there is no connection: what one is for, and two ways to add it. */
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

const SIGNS = {
  ready: CircleCheck,
  failed: CircleAlert,
  unlisted: CircleAlert,
  unknown: CircleDashed,
  testing: LoaderCircle,
} as const;

/** A connection with its bucket, its host, and its state as far as that is known. */
function ConnectionRow({ connection }: { connection: Connection }) {
  const t = useWords("buckets");
  const { id, name, bucket, origin, check } = connection;
  const isTesting = useConnectionTests(({ running }) => running.has(id));
  const isUnlisted = useConnectionTests(({ unlisted }) => unlisted.has(id));
  const known = isUnlisted ? "unlisted" : (check?.state ?? "unknown");
  const state = isTesting ? "testing" : known;
  return (
    <ListRow id={id} name={name}>
      <ListLine>
        <span className={styles.bucket}>{bucket ?? t("anyBucket")}</span>
        <span className={styles.host} title={origin}>
          {origin.replace(/^https?:\/\//, "")}
        </span>
      </ListLine>
      <span className={styles.state} data-state={state}>
        <Icon of={SIGNS[state]} />
        {t(`state.${state}`)}
      </span>
    </ListRow>
  );
}
