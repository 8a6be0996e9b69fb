import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useEffect } from "react";
import { useLocation, useSearchParams } from "wouter";
import type { Connection } from "../../engine/contract/buckets.ts";
import type { DeployDraft } from "../../engine/contract/deploy.ts";
import { useStudio } from "../connection/studio.tsx";
import { changeDeployDraft, useDeployDraft } from "../state/deploy.ts";
import { Empty, Failed, Skeleton } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { useWords } from "../words/words.ts";
import { DeployForm } from "./deploy-form.tsx";
import styles from "./deploy-page.module.css";
import { ManifestsView } from "./manifests-view.tsx";
import { useManifests } from "./use-manifests.ts";

/** A published model as a cluster serves it: the form left, its manifests right. An address may fill in where it lies. */
export function DeployPage() {
  const t = useWords("deploy");
  const { queries } = useStudio();
  const { data, error, refetch } = useQuery(queries.buckets.connections.queryOptions());
  return (
    <div className={styles.page}>
      <h1 className={styles.heading}>{t("title")}</h1>
      {data && data.length > 0 && <Bench connections={data} />}
      {data?.length === 0 && <NoConnection />}
      {error && !data && (
        <Failed title={t("failed")} error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && !error && <Skeleton className={styles.skeleton} />}
    </div>
  );
}

function NoConnection() {
  const t = useWords("deploy");
  const [, navigate] = useLocation();
  return (
    <Empty title={t("empty")}>
      <p className={styles.text}>{t("emptyText")}</p>
      <Button variant="filled" icon={Plus} onPress={() => navigate("/buckets?add")}>
        {t("connect")}
      </Button>
    </Empty>
  );
}

function Bench({ connections }: { connections: readonly Connection[] }) {
  const draft = useChosenDraft(connections);
  const shown = useManifests(draft);
  return (
    <div className={styles.bench}>
      <DeployForm draft={draft} connections={connections} faultOf={shown.faultOf} />
      <ManifestsView draft={draft} shown={shown} />
    </div>
  );
}

/** The draft with a connection that there is, and with what the address says; it says it once. */
function useChosenDraft(connections: readonly Connection[]): DeployDraft {
  const typed = useDeployDraft();
  const [address, setAddress] = useSearchParams();
  useEffect(() => {
    if (address.size === 0) return;
    changeDeployDraft(placeIn(address));
    setAddress({}, { replace: true });
  }, [address, setAddress]);
  const connection = connections.find(({ id }) => id === typed.connectionId) ?? connections[0];
  // Where the connection names its bucket, no other is meant.
  const bucket = connection?.bucket === null ? (typed.bucket ?? "bucket") : undefined;
  return { ...typed, connectionId: connection?.id ?? "", bucket };
}

/** Where a publication put its model: `?at=CONNECTION&bucket=B&path=P`. */
function placeIn(address: URLSearchParams): Partial<DeployDraft> {
  const [at, path] = [address.get("at"), address.get("path")];
  return {
    ...(at !== null && { connectionId: at, bucket: address.get("bucket") ?? undefined }),
    ...(path !== null && { path }),
  };
}
