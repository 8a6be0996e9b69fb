import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus, RefreshCw } from "lucide-react";
import { useMemo, useState } from "react";
import type { Endpoint } from "../../engine/contract/endpoints.ts";
import { useStudio } from "../connection/studio.tsx";
import { useEndpoints } from "../picture/targets.ts";
import { useActions } from "../shortcuts/registry.ts";
import { testEndpoint } from "../state/endpoint-tests.ts";
import { Empty, Failed, Skeleton } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { DropSign } from "../ui/drop-sign.tsx";
import { StaleLine } from "../ui/stale-line.tsx";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import { EndpointList } from "./cards/endpoint-list.tsx";
import styles from "./endpoints-page.module.css";
import { EndpointDialog } from "./form/endpoint-dialog.tsx";
import { type FoundText, useRecogniser } from "./form/import-box.tsx";
import { type EndpointAddress, useEndpointAddress } from "./use-endpoint-address.ts";
import { useFileDrop } from "../ui/use-file-drop.ts";

/** The inference endpoints of this studio. */
export function EndpointsPage() {
  const t = useWords("endpoints");
  const endpoints = useEndpoints();
  const address = useEndpointAddress();
  const [found, setFound] = useState<FoundText>();
  const recognise = useRecogniser();
  usePageActions(address, endpoints);
  const drop = useFileDrop((file) => {
    const look = async () => {
      setFound(await recognise(file));
      address.add();
    };
    attempt(look());
  });
  const edited = endpoints?.find(({ id }) => id === address.editedId);
  const close = () => {
    setFound(undefined);
    address.close();
  };
  return (
    <div className={styles.page} {...drop.handlers}>
      <Content address={address} onDropped={drop.end} />
      {drop.isOver && <DropSign icon={KeyRound}>{t("drop")}</DropSign>}
      {(address.isAdding || edited) && (
        <EndpointDialog
          key={edited?.id ?? "new"}
          endpoint={edited}
          place={address.place}
          dropped={found}
          onClose={close}
        />
      )}
    </div>
  );
}

interface ContentProps {
  readonly address: EndpointAddress;
  readonly onDropped: () => void;
}

function Content({ address: { add, edit }, onDropped }: ContentProps) {
  const t = useWords("endpoints");
  const { queries } = useStudio();
  const list = useQuery(queries.endpoints.list.queryOptions());
  const { data: endpoints, error, isPending, refetch } = list;
  const hasAny = endpoints !== undefined && endpoints.length > 0;
  return (
    <>
      <header className={styles.head}>
        <h1 className={styles.title}>{t("title")}</h1>
        {hasAny && <AddButton onPress={add} />}
      </header>
      {error && (
        <Trouble error={error} readAt={list.dataUpdatedAt} onRetry={() => void refetch()} />
      )}
      {isPending && <Skeletons />}
      {endpoints?.length === 0 && <Nothing onAdd={add} />}
      {hasAny && <EndpointList endpoints={endpoints} onEdit={edit} onDropped={onDropped} />}
    </>
  );
}

interface TroubleProps {
  readonly error: Error;
  /** When the list was last read; 0 if it never was. */
  readonly readAt: number;
  readonly onRetry: () => void;
}

/** Says that the list could not be read, or how old the shown one is. */
function Trouble({ error, readAt, onRetry }: TroubleProps) {
  const t = useWords("endpoints");
  if (readAt === 0) return <Failed title={t("failed")} error={error} onRetry={onRetry} />;
  return <StaleLine error={error} readAt={readAt} onRetry={onRetry} />;
}

function Nothing({ onAdd }: { onAdd: () => void }) {
  const t = useWords("endpoints");
  return (
    <Empty title={t("empty.title")}>
      <AddButton onPress={onAdd} />
      <p className={styles.hint}>{t("empty.hint")}</p>
    </Empty>
  );
}

function AddButton({ onPress }: { onPress: () => void }) {
  const t = useWords("endpoints");
  return (
    <Button variant="filled" icon={Plus} onPress={onPress}>
      {t("add")}
    </Button>
  );
}

function Skeletons() {
  return (
    <div className={styles.cards}>
      <Skeleton className={styles.skeleton} />
      <Skeleton className={styles.skeleton} />
    </div>
  );
}

function usePageActions(
  { add }: EndpointAddress,
  endpoints: readonly Endpoint[] | undefined,
): void {
  const t = useWords("endpoints");
  const { client } = useStudio();
  const ids = JSON.stringify(endpoints?.map(({ id }) => id) ?? []);
  useActions(
    useMemo(() => {
      const group = t("title");
      const all: readonly string[] = JSON.parse(ids);
      const testAll = () => {
        for (const id of all) attempt(testEndpoint(client, id));
      };
      return [
        { id: "endpoints.add", label: t("actions.add"), group, icon: Plus, keys: "n", run: add },
        {
          id: "endpoints.test",
          label: t("actions.testAll"),
          group,
          icon: RefreshCw,
          keys: "t",
          isDisabled: all.length === 0,
          run: testAll,
        },
      ];
    }, [t, client, add, ids]),
  );
}
