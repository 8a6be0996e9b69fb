import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { useSearchParams } from "wouter";
import type { Server, ServedRequest } from "../../../engine/contract/server.ts";
import { useStudio } from "../../connection/studio.tsx";
import { type Action, useActions } from "../../shortcuts/registry.ts";
import { isFailed, loadServedRequests, useServedRequests } from "../../state/served-requests.ts";
import { keepLayout, useView } from "../../state/view.ts";
import { Empty, Failed, Skeleton } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { Chips } from "../../ui/chips.tsx";
import { Columns, useIsStacked } from "../../ui/columns.tsx";
import { attempt } from "../../ui/toasts.ts";
import { formatCount } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { RequestDetails } from "./request-details.tsx";
import { RequestList } from "./request-list.tsx";
import styles from "./requests-tab.module.css";

/**
 * The server's recent requests. The one in `?request=ID` of the address is open beside the list, or instead of it on a
 * phone.
 */
export function RequestsTab({ server }: { server: Server }) {
  const [address, setAddress] = useSearchParams();
  const layout = useView((view) => view.layouts["server"]);
  const isStacked = useIsStacked();
  const openId = address.get("request") ?? undefined;
  const open = (id: string | undefined) => setAddress(id === undefined ? {} : { request: id });
  const details = openId !== undefined && {
    content: <RequestDetails id={openId} server={server} onClose={() => open(undefined)} />,
    size: 400,
    minSize: 320,
    maxSize: 720,
  };
  return (
    <Columns
      name="server"
      layout={layout}
      onLayout={(sizes) => keepLayout("server", sizes)}
      end={isStacked || !details ? undefined : details}
    >
      {isStacked && details ? (
        details.content
      ) : (
        <Log server={server} openId={openId} onOpen={open} />
      )}
    </Columns>
  );
}

interface LogProps {
  readonly server: Server;
  readonly openId: string | undefined;
  readonly onOpen: (id: string | undefined) => void;
}

function Log({ server, openId, onOpen }: LogProps) {
  const t = useWords("server");
  const { error, refetch } = useLoading();
  const { isLoaded, all } = useServedRequests();
  const [kind, setKind] = useState<"all" | "errors">("all");
  const rows = useMemo(() => (kind === "all" ? all : all.filter(isFailed)), [kind, all]);
  useActions(useRequestActions(all.length === 0));
  if (error && !isLoaded)
    return <Failed title={t("requests.failed")} error={error} onRetry={() => void refetch()} />;
  if (!isLoaded) return <Skeleton className={styles.skeleton} />;
  if (all.length === 0) return <NothingYet server={server} />;
  return (
    <section className={styles.log} aria-label={t("tabs.requests")}>
      <Toolbar rows={all} kind={kind} onKind={setKind} />
      {rows.length === 0 ? (
        <Empty title={t("requests.noErrors")} />
      ) : (
        <RequestList rows={rows} openId={openId} onOpen={onOpen} />
      )}
    </section>
  );
}

/** The rows are in their own store; the query only reports whether reading them worked. */
function useLoading() {
  const studio = useStudio();
  return useQuery({
    queryKey: ["served-requests"],
    queryFn: async () => {
      await loadServedRequests(studio);
      return true;
    },
    gcTime: 0,
  });
}

function useRequestActions(isEmpty: boolean): readonly Action[] {
  const t = useWords("server");
  const { client } = useStudio();
  return useMemo(
    () => [
      {
        id: "server.clear-requests",
        label: t("requests.clearAction"),
        group: t("title"),
        icon: Trash2,
        isDisabled: isEmpty,
        run: () => attempt(client.server.clearRequests()),
      },
    ],
    [t, client, isEmpty],
  );
}

interface ToolbarProps {
  readonly rows: readonly ServedRequest[];
  readonly kind: "all" | "errors";
  readonly onKind: (kind: "all" | "errors") => void;
}

function Toolbar({ rows, kind, onKind }: ToolbarProps) {
  const t = useWords("server");
  const { client } = useStudio();
  const failed = rows.filter(isFailed).length;
  return (
    <div className={styles.toolbar}>
      <Chips
        label={t("requests.filter")}
        value={kind}
        onChange={onKind}
        chips={[
          { value: "all", label: t("requests.all", { count: formatCount(rows.length) }) },
          { value: "errors", label: t("requests.errors", { count: formatCount(failed) }) },
        ]}
      />
      <span className={styles.space} />
      <Button
        variant="plain"
        size="dense"
        icon={Trash2}
        onPress={() => attempt(client.server.clearRequests())}
      >
        {t("requests.clear")}
      </Button>
    </div>
  );
}

function NothingYet({ server: { state } }: { server: Server }) {
  const t = useWords("server");
  const [, setAddress] = useSearchParams();
  const isRunning = state === "running";
  return (
    <Empty title={t(isRunning ? "requests.empty" : "requests.emptyStopped")}>
      {isRunning && (
        <Button onPress={() => setAddress({ show: "try" })}>{t("requests.tryIt")}</Button>
      )}
    </Empty>
  );
}
