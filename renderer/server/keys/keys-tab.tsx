import { useQuery } from "@tanstack/react-query";
import { KeyRound, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Server, ServerKey } from "../../../engine/contract/server.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Empty, Failed, Skeleton } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { RemoveDialog } from "../../ui/remove-dialog.tsx";
import { formatWhen } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { needsKey } from "../reach.ts";
import styles from "./keys-tab.module.css";

export interface KeysTabProps {
  readonly server: Server;
  readonly onMakeKey: () => void;
}

/** Keys: who may use the server, and for what. */
export function KeysTab({ server, onMakeKey }: KeysTabProps) {
  const t = useWords("server");
  const { queries } = useStudio();
  // Using a key causes no event.
  const asked = { ...queries.server.keys.queryOptions(), refetchOnMount: "always" as const };
  const { data: keys, error, refetch } = useQuery(asked);
  const make = (
    <Button icon={KeyRound} onPress={onMakeKey}>
      {t("keys.make")}
    </Button>
  );
  if (error && !keys)
    return <Failed title={t("keys.failed")} error={error} onRetry={() => void refetch()} />;
  if (keys === undefined) return <Skeleton className={styles.skeleton} />;
  if (keys.length === 0) return <Empty title={t("keys.empty")}>{make}</Empty>;
  return (
    <div className={styles.page}>
      <div className={styles.column}>
        <div className={styles.head}>
          <p className={styles.note}>
            {t("keys.note")}
            {!needsKey(server.settings) && ` ${t("keys.keyless")}`}
          </p>
          {make}
        </div>
        <KeyTable keys={keys} />
      </div>
    </div>
  );
}

const COLUMNS = ["name", "scopes", "gallery", "reply", "made", "used"] as const;
type Column = (typeof COLUMNS)[number];

function KeyTable({ keys }: { keys: readonly ServerKey[] }) {
  const t = useWords("server");
  const { client } = useStudio();
  const [removed, setRemoved] = useState<ServerKey>();
  return (
    <>
      <table className={styles.table}>
        <thead>
          <tr>
            {COLUMNS.map((name) => (
              <th key={name} scope="col">
                {t(`keys.${name}`)}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <KeyRow key={key.id} of={key} onRemove={() => setRemoved(key)} />
          ))}
        </tbody>
      </table>
      {removed && (
        <RemoveDialog
          title={t("removeKey.title", { name: removed.name })}
          yes={t("removeKey.yes")}
          isOpen
          onClose={() => setRemoved(undefined)}
          onRemove={() => client.server.removeKey({ id: removed.id })}
        >
          {t("removeKey.text")}
        </RemoveDialog>
      )}
    </>
  );
}

function KeyRow({ of: key, onRemove }: { of: ServerKey; onRemove: () => void }) {
  const t = useWords("server");
  const { name, scopes, keepsPictures, isSeedProfile, createdAt, lastUsedAt } = key;
  return (
    <tr>
      <th scope="row" className={styles.name}>
        {name}
      </th>
      <Cell of="scopes">{scopes.map((scope) => t(`keys.scope.${scope}`)).join(", ")}</Cell>
      <Cell of="gallery">{t(keepsPictures ? "keys.kept" : "keys.notKept")}</Cell>
      <Cell of="reply">{t(isSeedProfile ? "keys.seed" : "keys.plain")}</Cell>
      <Cell of="made">{formatWhen(createdAt)}</Cell>
      <Cell of="used">{lastUsedAt === undefined ? t("keys.never") : formatWhen(lastUsedAt)}</Cell>
      <td>
        <IconButton
          icon={Trash2}
          size="dense"
          label={t("keys.remove", { name })}
          onPress={onRemove}
        />
      </td>
    </tr>
  );
}

/** A cell that shows its own label on a phone, where there are no columns. */
function Cell({ of, children }: { of: Column; children: ReactNode }) {
  const t = useWords("server");
  return (
    <td>
      <span className={styles.label} aria-hidden>
        {t(`keys.${of}`)}
      </span>
      {children}
    </td>
  );
}
