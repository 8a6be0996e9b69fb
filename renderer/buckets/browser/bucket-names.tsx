import { useQuery } from "@tanstack/react-query";
import { Cylinder, Plus } from "lucide-react";
import { useState } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import type { Connection } from "../../../engine/contract/buckets.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Empty, Failed, Skeleton } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { useWords } from "../../words/words.ts";
import styles from "./browser.module.css";
import { NameDialog } from "./name-dialog.tsx";

export interface BucketNamesProps {
  readonly connection: Connection;
  readonly onOpen: (bucket: string) => void;
}

/** Every bucket that the connection's keys may list, and a button to create one. */
export function BucketNames({ connection, onOpen }: BucketNamesProps) {
  const t = useWords("buckets");
  const { client, queries, cache } = useStudio();
  const [isNaming, setIsNaming] = useState(false);
  const { id } = connection;
  const asked = useQuery(queries.buckets.names.queryOptions({ input: { id } }));
  const { data: names, error, refetch } = asked;
  const create = async (bucket: string) => {
    await client.buckets.create({ connectionId: id, bucket });
    await cache.invalidateQueries({ queryKey: queries.buckets.names.key() });
    onOpen(bucket);
  };
  if (error)
    return <Failed title={t("names.failed")} error={error} onRetry={() => void refetch()} />;
  if (names === undefined) return <Skeleton className={styles.skeleton} />;
  return (
    <div className={styles.names}>
      {names.length === 0 && <Empty title={t("names.empty")} />}
      {names.length > 0 && (
        <ListBox
          aria-label={t("names.list")}
          className={styles.nameList ?? ""}
          onAction={(key) => onOpen(String(key))}
        >
          {names.map((name) => (
            <ListBoxItem key={name} id={name} textValue={name} className={styles.bucket ?? ""}>
              <Icon of={Cylinder} />
              {name}
            </ListBoxItem>
          ))}
        </ListBox>
      )}
      <div>
        <Button icon={Plus} onPress={() => setIsNaming(true)}>
          {t("actions.newBucket")}
        </Button>
      </div>
      <NameDialog
        title={t("actions.newBucket")}
        label={t("fields.bucket")}
        help={t("names.help")}
        yes={t("names.create")}
        isOpen={isNaming}
        onClose={() => setIsNaming(false)}
        onName={create}
      />
    </div>
  );
}
