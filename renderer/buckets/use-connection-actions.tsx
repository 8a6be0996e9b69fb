import { Pencil, Plus, RefreshCw, Trash2 } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import type { Connection } from "../../engine/contract/buckets.ts";
import { useStudio } from "../connection/studio.tsx";
import { type Action, useActions } from "../shortcuts/registry.ts";
import { refreshBuckets, testConnection } from "../state/connections.ts";
import { RemoveDialog } from "../ui/remove-dialog.tsx";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import type { BucketAddress } from "./use-bucket-address.ts";

/** The actions for a connection, and the confirmation that one of them needs. */
export interface ConnectionVerbs {
  readonly actions: readonly Action[];
  readonly test: () => void;
  readonly dialog: ReactNode;
}

/** The actions for the open connection, in the order shared by buttons, menu and palette. */
export function useConnectionActions(
  connection: Connection | undefined,
  { add, edit }: BucketAddress,
): ConnectionVerbs {
  const t = useWords("buckets");
  const studio = useStudio();
  const [removed, setRemoved] = useState<Connection>();
  const verbs = useMemo(() => {
    const group = t("actions.connection");
    const adding = { id: "buckets.add", label: t("add"), group, icon: Plus, keys: "n", run: add };
    if (connection === undefined) return { actions: [], all: [adding], test: () => {} };
    const { id } = connection;
    const test = () =>
      attempt(testConnection(studio.client, id).then(() => refreshBuckets(studio)));
    const actions: readonly Action[] = [
      {
        id: "buckets.test",
        label: t("actions.test"),
        group,
        icon: RefreshCw,
        keys: "t",
        run: test,
      },
      { id: "buckets.edit", label: t("actions.edit"), group, icon: Pencil, run: () => edit(id) },
      {
        id: "buckets.disconnect",
        label: t("actions.remove"),
        group,
        icon: Trash2,
        isDanger: true,
        run: () => setRemoved(connection),
      },
    ];
    return { actions, all: [adding, ...actions], test };
  }, [t, studio, connection, add, edit]);
  useActions(verbs.all);
  const dialog = (
    <RemoveDialog
      title={t("disconnect.title", { name: removed?.name ?? "" })}
      yes={t("disconnect.yes")}
      isOpen={removed !== undefined}
      onClose={() => setRemoved(undefined)}
      onRemove={() => studio.client.buckets.disconnect({ id: removed?.id ?? "" })}
    >
      {t("disconnect.text")}
    </RemoveDialog>
  );
  return { actions: verbs.actions, test: verbs.test, dialog };
}
