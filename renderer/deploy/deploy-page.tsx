import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useEffect } from "react";
import { useLocation, useSearchParams } from "wouter";
import type { Connection } from "../../engine/contract/buckets.ts";
import type { DeployDraft, DeployField } from "../../engine/contract/deploy.ts";
import { useStudio } from "../connection/studio.tsx";
import { clusterFault, useDryRun } from "../state/cluster.ts";
import { type DeployPlace, fillDeployPlace, useDeployDraft } from "../state/deploy.ts";
import { Empty, Failed, Skeleton } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { useWords } from "../words/words.ts";
import { ClusterSection } from "./cluster/cluster-section.tsx";
import { DeployForm } from "./deploy-form.tsx";
import styles from "./deploy-page.module.css";
import { ManifestsView } from "./manifests-view.tsx";
import { useManifests } from "./use-manifests.ts";

/**
 * Deploys a published model to a cluster: the form on the left, its manifests on the right. An address may fill in the
 * model's place.
 */
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

/** Without a bucket there is nothing to apply, but existing deployments can still be managed. */
function NoConnection() {
  const t = useWords("deploy");
  const { queries } = useStudio();
  const { data: clusters = [] } = useQuery(queries.clusters.list.queryOptions());
  const [, navigate] = useLocation();
  return (
    <div className={styles.alone}>
      <Empty title={t("empty")}>
        <p className={styles.text}>{t("emptyText")}</p>
        <Button variant="filled" icon={Plus} onPress={() => navigate("/buckets?add")}>
          {t("connect")}
        </Button>
      </Empty>
      {clusters.length > 0 && <ClusterSection draft={undefined} isSound={false} />}
    </div>
  );
}

function Bench({ connections }: { connections: readonly Connection[] }) {
  const draft = useChosenDraft(connections);
  const shown = useManifests(draft);
  const faultOfCluster = useClusterFaults(draft);
  return (
    <div className={styles.bench}>
      <DeployForm
        draft={draft}
        connections={connections}
        faultOf={(field) => shown.faultOf(field) ?? faultOfCluster(field)}
      />
      <ManifestsView draft={draft} shown={shown}>
        <ClusterSection draft={draft} isSound={!shown.isStale} />
      </ManifestsView>
    </div>
  );
}

/** What the cluster refused at the last dry run, by the field that decides it; empty after the form has changed. */
function useClusterFaults(draft: DeployDraft): (field: DeployField) => string | undefined {
  const last = useDryRun((state) => state.last);
  return (field) => clusterFault(last, draft, field);
}

/** The draft with an existing connection, and with the address's values, which are applied once. */
function useChosenDraft(connections: readonly Connection[]): DeployDraft {
  const typed = useDeployDraft();
  const [address, setAddress] = useSearchParams();
  useEffect(() => {
    if (!address.has("at") && !address.has("path")) return;
    fillDeployPlace(placeIn(address));
    const others = [...address].filter(([name]) => !["at", "bucket", "path"].includes(name));
    setAddress(new URLSearchParams(others), { replace: true });
  }, [address, setAddress]);
  const connection = connections.find(({ id }) => id === typed.connectionId) ?? connections[0];
  // A connection that names its bucket allows no other.
  const bucket = connection?.bucket === null ? (typed.bucket ?? "bucket") : undefined;
  return { ...typed, connectionId: connection?.id ?? "", bucket };
}

/** The place of a published model: `?at=CONNECTION&bucket=B&path=P`. */
function placeIn(address: URLSearchParams): Partial<DeployPlace> {
  const [at, path] = [address.get("at"), address.get("path")];
  return {
    ...(at !== null && { connectionId: at, bucket: address.get("bucket") ?? undefined }),
    ...(path !== null && { path }),
  };
}
