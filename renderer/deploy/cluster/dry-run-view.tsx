import {
  CircleAlert,
  CircleCheck,
  CircleMinus,
  CirclePlus,
  Pencil,
  TriangleAlert,
} from "lucide-react";
import { useState } from "react";
import type { Cluster } from "../../../engine/contract/clusters.ts";
import type {
  Applied,
  AppliedObject,
  DeploymentPlace,
} from "../../../engine/contract/deployments.ts";
import type { DeployDraft } from "../../../engine/contract/deploy.ts";
import { asFailure } from "../../connection/failure.ts";
import { useStudio } from "../../connection/studio.tsx";
import { isSameDraft, keepDryRun, useDryRun, wantPicture } from "../../state/cluster.ts";
import { Failed } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Switch } from "../../ui/switch.tsx";
import { useWords } from "../../words/words.ts";
import styles from "./dry-run-view.module.css";

export interface DryRunViewProps {
  readonly draft: DeployDraft;
  /** Whether every field is valid. */
  readonly isSound: boolean;
  readonly cluster: Cluster;
  readonly onApplied: (place: DeploymentPlace) => void;
}

/**
 * What applying would change, object by object. Manifests can be applied only after a dry run of the same manifests.
 */
export function DryRunView(props: DryRunViewProps) {
  const t = useWords("clusters");
  const [force, setForce] = useState(false);
  const state = useApplying(props, force);
  const { error, last } = state;
  const objects = last?.applied.objects ?? [];
  const hasConflicts = objects.some(({ conflicts }) => conflicts.length > 0);
  return (
    <div className={styles.view}>
      <Verbs isSound={props.isSound} state={state} />
      {error && (
        <Failed
          title={t(error.of === "asking" ? "dry.failed" : "dry.applyFailed")}
          error={error.error}
          onRetry={state.ask}
        />
      )}
      {last && <Objects applied={last.applied} isDone={state.isDone} isStale={!state.isFresh} />}
      {(hasConflicts || force) && (
        <Switch isSelected={force} onChange={setForce} description={t("dry.forceHelp")}>
          {t("dry.force")}
        </Switch>
      )}
    </div>
  );
}

interface VerbsProps {
  readonly isSound: boolean;
  readonly state: ReturnType<typeof useApplying>;
}

function Verbs({ isSound, state }: VerbsProps) {
  const t = useWords("clusters");
  const { busy, last, isFresh } = state;
  const canApply = isSound && isFresh && last?.applied.isSound === true && busy === undefined;
  return (
    <div className={styles.verbs}>
      <Button isDisabled={!isSound} isPending={busy === "asking"} onPress={state.ask}>
        {t(busy === "asking" ? "dry.running" : "dry.run")}
      </Button>
      <Button
        variant="filled"
        isDisabled={!canApply}
        isPending={busy === "applying"}
        onPress={state.apply}
      >
        {t(busy === "applying" ? "dry.applying" : "dry.apply")}
      </Button>
      <span className={styles.hint} role="status">
        <Hint isSound={isSound} last={last?.applied} isFresh={isFresh} isDone={state.isDone} />
      </span>
    </div>
  );
}

type Busy = "asking" | "applying";

/** Runs the dry run and applies; the cluster's reply stays until the next dry run. */
function useApplying({ draft, cluster, onApplied }: DryRunViewProps, force: boolean) {
  const { client } = useStudio();
  const notApplied = useWords("clusters")("dry.notApplied");
  const last = useDryRun((state) => state.last);
  const [busy, setBusy] = useState<Busy>();
  const [error, setError] = useState<{ readonly of: Busy; readonly error: Error }>();
  const [doneOf, setDoneOf] = useState<Applied>();
  const source = { clusterId: cluster.id, draft, force };
  const run = async (of: Busy, act: () => Promise<void>) => {
    setBusy(of);
    setError(undefined);
    await act().catch((thrown: unknown) =>
      setError({
        of,
        error:
          thrown instanceof Error && thrown.message === notApplied ? thrown : asFailure(thrown),
      }),
    );
    setBusy(undefined);
  };
  const ask = async () => keepDryRun({ ...source, applied: await client.deploy.dryRun(source) });
  const apply = async () => {
    const { isApplied, ...applied } = await client.deploy.apply(source);
    keepDryRun({ ...source, applied });
    if (!isApplied) throw new Error(notApplied);
    setDoneOf(applied);
    if (applied.place === undefined) return;
    wantPicture(applied.place);
    onApplied(applied.place);
  };
  return {
    last,
    busy,
    error,
    /** Whether the form and the cluster are still those of the dry run. */
    isFresh:
      last?.clusterId === cluster.id && last.force === force && isSameDraft(last.draft, draft),
    isDone: last !== undefined && last.applied === doneOf,
    ask: () => void run("asking", ask),
    apply: () => void run("applying", apply),
  };
}

interface HintProps extends Pick<VerbsProps, "isSound"> {
  readonly last: Applied | undefined;
  readonly isFresh: boolean;
  readonly isDone: boolean;
}

function Hint({ isSound, last, isFresh, isDone }: HintProps) {
  const t = useWords("clusters");
  if (!isSound) return t("dry.faulty");
  if (last === undefined) return t("dry.first");
  if (!isFresh) return t("dry.stale");
  if (isDone) return null;
  if (last.objects.some(({ conflicts }) => conflicts.length > 0)) return t("dry.conflicts");
  return t(last.isSound ? "dry.sound" : "dry.unsound");
}

interface ObjectsProps {
  readonly applied: Applied;
  readonly isDone: boolean;
  readonly isStale: boolean;
}

function Objects({ applied, isDone, isStale }: ObjectsProps) {
  const t = useWords("clusters");
  const label = t(isDone ? "dry.objectsDone" : "dry.objects");
  return (
    <ul className={styles.objects} aria-label={label} data-stale={isStale || undefined}>
      {applied.objects.map((object) => (
        <ObjectRow key={`${object.kind} ${object.name}`} object={object} isDone={isDone} />
      ))}
    </ul>
  );
}

const SIGNS = {
  created: CirclePlus,
  changed: Pencil,
  unchanged: CircleCheck,
  refused: CircleAlert,
  skipped: CircleMinus,
} as const;

function ObjectRow({ object, isDone }: { object: AppliedObject; isDone: boolean }) {
  const t = useWords("clusters");
  const { kind, name, outcome, changes, warnings, conflicts, error, faults } = object;
  return (
    <li className={styles.object} data-outcome={outcome}>
      <Icon of={SIGNS[outcome]} />
      <div className={styles.what}>
        <p>
          <strong>{kind}</strong> <code>{name}</code>{" "}
          <span className={styles.outcome}>
            {t(`${isDone ? "dry.done" : "dry.outcomes"}.${outcome}`)}
          </span>
        </p>
        {error && <p className={styles.bad}>{error.message}</p>}
        {faults.map(({ path, reason }) => (
          <p key={path} className={styles.bad}>
            <code>{path}</code> {reason}
          </p>
        ))}
        {conflicts.map(({ path, manager }) => (
          <p key={path} className={styles.warning}>
            <Icon of={TriangleAlert} />
            {t("dry.conflict", { path, manager })}
          </p>
        ))}
        {warnings.map((warning) => (
          <p key={warning} className={styles.warning}>
            <Icon of={TriangleAlert} />
            {warning}
          </p>
        ))}
        <Changes changes={changes} />
      </div>
    </li>
  );
}

function Changes({ changes }: Pick<AppliedObject, "changes">) {
  const t = useWords("clusters");
  if (changes.length === 0) return null;
  const absent = t("dry.absent");
  return (
    <ul className={styles.changes}>
      {changes.map(({ path, before, after }) => (
        <li key={path}>
          <code>{path}</code>{" "}
          <span className={styles.change}>
            <code>{before ?? absent}</code> → <code>{after ?? absent}</code>
          </span>
        </li>
      ))}
    </ul>
  );
}
