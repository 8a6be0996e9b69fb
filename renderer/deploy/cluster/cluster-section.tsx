import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus, PlugZap, Unplug } from "lucide-react";
import { useState } from "react";
import type { Cluster } from "../../../engine/contract/clusters.ts";
import type { DeployDraft } from "../../../engine/contract/deploy.ts";
import { useStudio } from "../../connection/studio.tsx";
import { chooseCluster, useClusterChoice } from "../../state/cluster.ts";
import { Failed, Skeleton } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { RemoveDialog } from "../../ui/remove-dialog.tsx";
import { Select } from "../../ui/select.tsx";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { ClusterDialog } from "./cluster-dialog.tsx";
import { ClusterFacts } from "./cluster-facts.tsx";
import styles from "./cluster-section.module.css";
import { DeployedList } from "./deployed-list.tsx";
import { DryRunView } from "./dry-run-view.tsx";
import { TokenDialog } from "./token-dialog.tsx";
import { WatchView } from "./watch-view.tsx";
import { useWatchedPlace } from "./use-watch.ts";

export interface ClusterSectionProps {
  /** Undefined if there is nothing to apply; then only the existing deployments are shown. */
  readonly draft: DeployDraft | undefined;
  /** Whether every field is valid. */
  readonly isSound: boolean;
}

/**
 * Clusters: what the manifests would change in one, applying them, following the result, and the existing deployments.
 */
export function ClusterSection(props: ClusterSectionProps) {
  const t = useWords("clusters");
  const { queries } = useStudio();
  const { data, error, refetch } = useQuery(queries.clusters.list.queryOptions());
  return (
    <section className={styles.section} aria-label={t("title")}>
      <div>
        <h2 className={styles.title}>{t("title")}</h2>
        <p className={styles.quiet}>{t(data?.length === 0 ? "empty" : "lead")}</p>
      </div>
      {error && !data && (
        <Failed title={t("failed")} error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && !error && <Skeleton className={styles.skeleton} />}
      {data && <Clusters {...props} clusters={data} />}
    </section>
  );
}

/** The selected cluster, with everything that can be done in it. */
function Clusters({ clusters, ...rest }: ClusterSectionProps & { clusters: readonly Cluster[] }) {
  const t = useWords("clusters");
  const chosenId = useClusterChoice(({ clusterId }) => clusterId);
  const [place] = useWatchedPlace();
  const [isAdding, setIsAdding] = useState(false);
  const wanted = place?.clusterId ?? chosenId;
  const cluster = clusters.find(({ id }) => id === wanted) ?? clusters[0];
  return (
    <>
      <div className={styles.bar}>
        {cluster && <Chosen clusters={clusters} cluster={cluster} />}
        <Button icon={Plus} onPress={() => setIsAdding(true)}>
          {t("add")}
        </Button>
      </div>
      {cluster && <InCluster {...rest} cluster={cluster} />}
      {isAdding && <ClusterDialog onClose={() => setIsAdding(false)} onAdded={chooseCluster} />}
    </>
  );
}

function InCluster({ draft, isSound, cluster }: ClusterSectionProps & { cluster: Cluster }) {
  const [place, watch] = useWatchedPlace();
  const namespaces = [draft?.namespace, place?.namespace, cluster.namespace];
  const namespace = namespaces.find((one) => one !== undefined && one !== null) ?? "default";
  return (
    <>
      <ClusterFacts cluster={cluster} />
      {draft && <DryRunView draft={draft} isSound={isSound} cluster={cluster} onApplied={watch} />}
      {place && <WatchView place={place} onClose={() => watch(undefined)} />}
      <DeployedList clusterId={cluster.id} namespace={namespace} onWatch={watch} />
    </>
  );
}

interface ChosenProps {
  readonly clusters: readonly Cluster[];
  readonly cluster: Cluster;
}

function Chosen({ clusters, cluster }: ChosenProps) {
  const t = useWords("clusters");
  const { client } = useStudio();
  const [asking, setAsking] = useState<"token" | "forget">();
  const [isTesting, setIsTesting] = useState(false);
  const { id, name, kind } = cluster;
  const test = async () => {
    setIsTesting(true);
    await client.clusters.test({ id }).finally(() => setIsTesting(false));
  };
  return (
    <>
      <div className={styles.choice}>
        <Select
          label={t("cluster")}
          value={id}
          onChange={chooseCluster}
          options={clusters.map((one) => ({ value: one.id, label: one.name }))}
        />
      </div>
      <Button icon={PlugZap} isPending={isTesting} onPress={() => attempt(test())}>
        {t(isTesting ? "testing" : "test")}
      </Button>
      {kind === "token" && (
        <IconButton icon={KeyRound} label={t("newToken")} onPress={() => setAsking("token")} />
      )}
      <IconButton icon={Unplug} label={t("forget")} onPress={() => setAsking("forget")} />
      {asking === "token" && <TokenDialog cluster={cluster} onClose={() => setAsking(undefined)} />}
      <RemoveDialog
        title={t("forgetting.title", { name })}
        yes={t("forgetting.yes")}
        isOpen={asking === "forget"}
        onClose={() => setAsking(undefined)}
        onRemove={() => client.clusters.disconnect({ id })}
      >
        {t("forgetting.text")}
      </RemoveDialog>
    </>
  );
}
