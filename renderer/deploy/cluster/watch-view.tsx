import { Circle, CircleAlert, CircleCheck, CircleDot, X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import type { Deployment, DeploymentPlace } from "../../../engine/contract/deployments.ts";
import type { DeployState } from "../../../engine/contract/deploy-states.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Failed, Skeleton } from "../../ui/async-states.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { ProgressBar } from "../../ui/progress-bar.tsx";
import { useFocusReturn } from "../../ui/use-focus-return.ts";
import { useWords } from "../../words/words.ts";
import { EndpointView } from "./endpoint-view.tsx";
import { type Stage, stageOf, STAGES } from "./stages.ts";
import { useWatch } from "./use-watch.ts";
import styles from "./watch-view.module.css";

export interface WatchViewProps {
  readonly place: DeploymentPlace;
  readonly onClose: () => void;
}

/** A deployment's progress, what it waits for, the last lines of its logs, and, once it is ready, its first picture. */
export function WatchView({ place, onClose }: WatchViewProps) {
  const t = useWords("clusters");
  const watched = useWatch(place);
  const { since, isGone, isLost, error } = watched;
  const deployment = isGone ? undefined : watched.deployment;
  const { name, namespace } = place;
  const title = t("watch.title", { name, namespace });
  useFreshList(watched.deployment?.state.state, isGone);
  const view = useRef<HTMLElement>(null);
  useFocusReturn(name);
  // Scrolls into view: it is below the manifests, and the user asked for it by a press or by the address.
  useEffect(() => {
    view.current?.scrollIntoView({ block: "nearest" });
    // The Apply button is disabled now and has lost the focus.
    if (document.activeElement === document.body) view.current?.focus({ preventScroll: true });
  }, [name]);
  return (
    <section ref={view} className={styles.view} aria-label={title} tabIndex={-1}>
      <header className={styles.head}>
        <h3 className={styles.title}>{title}</h3>
        <IconButton icon={X} size="dense" label={t("watch.close")} onPress={onClose} />
      </header>
      {error && <Failed title={t("watch.failed")} error={error} onRetry={watched.again} />}
      {isGone && <p role="status">{t("watch.gone", { name })}</p>}
      {isLost && (
        <p className={styles.quiet} role="status">
          {t("watch.lost")}
        </p>
      )}
      {watched.deployment === undefined && !error && <Skeleton className={styles.skeleton} />}
      {deployment && (
        <>
          <Progress deployment={deployment} since={since} />
          <Logs lines={deployment.state.lines} />
          <EndpointView place={place} deployment={deployment} watched={watched} />
        </>
      )}
    </section>
  );
}

/** Reads the list of deployments again whenever the state of the watched one changes. */
function useFreshList(state: DeployState["state"] | undefined, isGone: boolean | undefined): void {
  const { cache, queries } = useStudio();
  useEffect(() => {
    if (state !== undefined) void cache.invalidateQueries({ queryKey: queries.deploy.list.key() });
  }, [cache, queries, state, isGone]);
}

function Progress({ deployment, since }: { deployment: Deployment; since: number | undefined }) {
  const t = useWords("clusters");
  const { state } = deployment;
  const stage = stageOf(state.state);
  if (stage === undefined) return <Now state={state} since={since} />;
  const at = STAGES.indexOf(stage);
  return (
    <ol className={styles.stages} aria-label={t("watch.stages")}>
      {STAGES.map((one, index) => (
        <StageRow key={one} stage={one} how={howOf(index, at, state)}>
          {index === at && <Now state={state} since={since} />}
        </StageRow>
      ))}
    </ol>
  );
}

type How = "done" | "here" | "trouble" | "open";

function howOf(index: number, at: number, { outlook }: DeployState): How {
  if (index > at) return "open";
  if (index < at || outlook === "ready") return "done";
  return outlook === "trouble" ? "trouble" : "here";
}

const SIGNS = { done: CircleCheck, here: CircleDot, trouble: CircleAlert, open: Circle } as const;

interface StageRowProps {
  readonly stage: Stage;
  readonly how: How;
  readonly children: ReactNode;
}

function StageRow({ stage, how, children }: StageRowProps) {
  const t = useWords("clusters");
  const isCurrent = how === "here" || how === "trouble";
  return (
    <li className={styles.stage} data-how={how} {...(isCurrent && { "aria-current": "step" })}>
      <Icon of={SIGNS[how]} />
      <div className={styles.what}>
        <p className={styles.name}>
          {t(`watch.stage.${stage}`)}{" "}
          <span className={isCurrent ? styles.how : styles.heard}>{t(`watch.${how}`)}</span>
        </p>
        {children}
      </div>
    </li>
  );
}

/** What it is waiting for, and what to do. */
function Now({ state, since }: { state: DeployState; since: number | undefined }) {
  const t = useWords("clusters");
  const { sentence, advice, said, tries, outlook } = state;
  return (
    <div className={styles.now} role="status" aria-label={t("watch.now")}>
      <p>
        {sentence}
        {since !== undefined && (
          <span className={styles.quiet}>{` ${t("watch.since", { when: timeOf(since) })}`}</span>
        )}
      </p>
      {advice !== undefined && <p>{advice}</p>}
      {tries !== undefined && outlook === "waiting" && (
        <ProgressBar label={t("watch.tries", tries)} share={tries.now / tries.of} />
      )}
      {said !== undefined && (
        <figure className={styles.said}>
          <figcaption>{t("watch.said")}</figcaption>
          <code>{said}</code>
        </figure>
      )}
    </div>
  );
}

/** A time of day in clock format. */
function timeOf(ms: number): string {
  return new Date(ms).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

function Logs({ lines }: Pick<DeployState, "lines">) {
  const t = useWords("clusters");
  const list = useRef<HTMLOListElement>(null);
  const last = lines.at(-1)?.text;
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [last, lines.length]);
  return (
    <details className={styles.logs} open>
      <summary>{t("watch.logs")}</summary>
      {lines.length === 0 && <p className={styles.quiet}>{t("watch.noLogs")}</p>}
      <ol ref={list} className={styles.lines} aria-label={t("watch.logs")} tabIndex={0}>
        {lines.map(({ container, text, meaning, isTrouble }, index) => (
          <li
            key={`${index} ${text}`}
            className={styles.line}
            data-trouble={isTrouble || undefined}
          >
            {container !== lines[index - 1]?.container && (
              <span className={styles.container}>{container}</span>
            )}
            <code>{text}</code>
            {meaning !== undefined && (
              <span className={styles.meaning}>
                {isTrouble && <Icon of={CircleAlert} />}
                {meaning}
              </span>
            )}
          </li>
        ))}
      </ol>
    </details>
  );
}
