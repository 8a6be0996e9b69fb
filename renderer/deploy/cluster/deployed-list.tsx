import { useQuery } from "@tanstack/react-query";
import {
  CircleAlert,
  CircleCheck,
  CircleDot,
  Eye,
  Power,
  RefreshCw,
  RotateCcw,
  Trash2,
} from "lucide-react";
import { useState } from "react";
import type { Deployment, DeploymentPlace } from "../../../engine/contract/deployments.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Failed, Skeleton } from "../../ui/async-states.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
import { useDebounced } from "../../ui/use-debounced.ts";
import { formatWhen } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import styles from "./deployed-list.module.css";
import { RemoveDeployment } from "./remove-deployment.tsx";

/** A project's name is looked up this long after the last key press, milliseconds. */
const REST_MS = 500;

export interface DeployedListProps {
  readonly clusterId: string;
  readonly namespace: string;
  readonly onWatch: (place: DeploymentPlace) => void;
}

/** The deployments in a project, and the actions for them. */
export function DeployedList({ clusterId, onWatch, ...typed }: DeployedListProps) {
  const t = useWords("clusters");
  const { queries } = useStudio();
  const namespace = useDebounced(typed.namespace.trim(), REST_MS);
  const { data, error, isFetching, refetch } = useQuery({
    ...queries.deploy.list.queryOptions({ input: { clusterId, namespace } }),
    enabled: namespace !== "" && namespace.length <= 63,
    staleTime: 0,
    retry: false,
  });
  const [removed, setRemoved] = useState<DeploymentPlace>();
  const title = t("list.title", { namespace });
  return (
    <section className={styles.list} aria-label={title}>
      <header className={styles.head}>
        <h3 className={styles.title}>{title}</h3>
        <IconButton
          icon={RefreshCw}
          size="dense"
          label={t("list.refresh")}
          isPending={isFetching}
          onPress={() => void refetch()}
        />
      </header>
      {error && <Failed title={t("list.failed")} error={error} onRetry={() => void refetch()} />}
      {!data && !error && isFetching && <Skeleton className={styles.skeleton} />}
      {data && !error && (
        <Rows
          deployments={data}
          onWatch={onWatch}
          onRemove={setRemoved}
          onChanged={() => void refetch()}
        />
      )}
      {removed && (
        <RemoveDeployment
          place={removed}
          onClose={() => setRemoved(undefined)}
          onRemoved={() => void refetch()}
        />
      )}
    </section>
  );
}

const SIGNS = { waiting: CircleDot, trouble: CircleAlert, ready: CircleCheck } as const;

interface RowsProps extends Omit<RowProps, "deployment"> {
  readonly deployments: readonly Deployment[];
}

function Rows({ deployments, ...rest }: RowsProps) {
  const t = useWords("clusters");
  if (deployments.length === 0) return <p className={styles.quiet}>{t("list.empty")}</p>;
  return (
    <ul className={styles.rows}>
      {deployments.map((deployment) => (
        <Row key={deployment.name} deployment={deployment} {...rest} />
      ))}
    </ul>
  );
}

interface RowProps {
  readonly deployment: Deployment;
  readonly onWatch: (place: DeploymentPlace) => void;
  readonly onRemove: (place: DeploymentPlace) => void;
  readonly onChanged: () => void;
}

function Row(props: RowProps) {
  const t = useWords("clusters");
  const { deployment } = props;
  const { displayName, name, state, url, createdAt, isOurs } = deployment;
  const { minReplicas: min, maxReplicas: max = min } = deployment;
  return (
    <li className={styles.row}>
      <div className={styles.what}>
        <p className={styles.name}>{displayName === "" ? name : displayName}</p>
        <p className={styles.state} data-outlook={state.outlook} title={state.sentence}>
          <Icon of={SIGNS[state.outlook]} />
          {t(`list.states.${state.state}`)}
        </p>
        <dl className={styles.facts}>
          <dt>{t("list.columns.replicas")}</dt>
          <dd>{min === max ? min : t("list.replicas", { min, max })}</dd>
          {createdAt !== undefined && (
            <>
              <dt>{t("list.columns.age")}</dt>
              <dd title={createdAt}>{formatWhen(createdAt)}</dd>
            </>
          )}
          <dt>{t("list.columns.url")}</dt>
          <dd>{url === undefined ? t("list.noUrl") : <code>{url}</code>}</dd>
        </dl>
        {!isOurs && <p className={styles.quiet}>{t("list.others")}</p>}
      </div>
      <Actions {...props} />
    </li>
  );
}

function Actions({ deployment, onWatch, onRemove, onChanged }: RowProps) {
  const t = useWords("clusters");
  const { client } = useStudio();
  const { clusterId, namespace, name, isOurs, minReplicas } = deployment;
  const place = { clusterId, namespace, name };
  const to = minReplicas === 0 ? 1 : 0;
  const scale = async () => {
    const { notes } = await client.deploy.scale({ ...place, to });
    showToast([t("list.scaled", { name, to }), ...notes].join(". "));
    onChanged();
  };
  const redeploy = async () => {
    await client.deploy.redeploy(place);
    showToast(t("list.redeployed", { name }));
    onWatch(place);
  };
  return (
    <div className={styles.actions} role="group" aria-label={t("list.actionsOf", { name })}>
      <IconButton icon={Eye} label={t("list.watch")} onPress={() => onWatch(place)} />
      {isOurs && (
        <>
          <IconButton
            icon={RotateCcw}
            label={t("list.redeploy")}
            onPress={() => attempt(redeploy())}
          />
          <IconButton
            icon={Power}
            label={t(to === 0 ? "list.toZero" : "list.toOne")}
            onPress={() => attempt(scale())}
          />
          <IconButton icon={Trash2} label={t("list.remove")} onPress={() => onRemove(place)} />
        </>
      )}
    </div>
  );
}
