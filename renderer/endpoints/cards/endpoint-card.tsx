import { Ellipsis, RefreshCw, TriangleAlert } from "lucide-react";
import { useMemo, useState } from "react";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { useStudio } from "../../connection/studio.tsx";
import { ReadinessWord } from "../../picture/readiness.tsx";
import { StartTimeline } from "../../picture/start-timeline.tsx";
import type { ContextMenu } from "../../shortcuts/context-menu.tsx";
import { testEndpoint, useEndpointTests } from "../../state/endpoint-tests.ts";
import { readinessOf } from "../../state/endpoints.ts";
import { useProgress } from "../../state/progress.ts";
import { useQueue } from "../../state/queue.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { RemoveDialog } from "../../ui/remove-dialog.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import styles from "./endpoint-card.module.css";
import { type EndpointVerbs, useEndpointActions } from "./endpoint-actions.ts";
import { EndpointFacts } from "./endpoint-facts.tsx";
import { DoctorDialog } from "../doctor/doctor-dialog.tsx";
import { TrialDialog } from "../trial/trial-dialog.tsx";
import { HistoryDialog } from "../history/history-dialog.tsx";
import { EndpointTrouble } from "../endpoint-trouble.tsx";
import type { Place } from "../use-endpoint-address.ts";
import { useFileDrop } from "../../ui/use-file-drop.ts";
import { useTokenReader } from "../use-token-reader.ts";

export interface EndpointCardProps {
  readonly endpoint: Endpoint;
  readonly onEdit: (id: string, place?: Place) => void;
  /** The menu that all cards share. */
  readonly menu: Pick<ContextMenu, "open" | "openBelow">;
  /** Called after it has taken a dropped token. */
  readonly onDropped: () => void;
}

/** One endpoint: its state, a button that tests it, and all actions in a menu. */
export function EndpointCard({ endpoint, onEdit, menu, onDropped }: EndpointCardProps) {
  const t = useWords("endpoints");
  const { client } = useStudio();
  const { id, name, origin } = endpoint;
  const [dialog, setDialog] = useState<CardDialog>();
  const isTesting = useEndpointTests(({ running }) => running.has(id));
  const verbs = useMemo(
    () => ({
      isTesting,
      test: () => attempt(testEndpoint(client, id)),
      diagnose: () => setDialog("doctor"),
      trySettings: () => setDialog("trial"),
      history: () => setDialog("history"),
      edit: () => onEdit(id),
      remove: () => setDialog("removal"),
    }),
    [isTesting, client, id, onEdit],
  );
  const actions = useEndpointActions(endpoint, verbs);
  const drop = useNewToken(endpoint, onDropped);
  return (
    <article
      className={styles.card}
      aria-label={name}
      onContextMenu={(event) => menu.open(event, actions)}
      data-over={drop.isOver || undefined}
      {...drop.handlers}
    >
      <header className={styles.head}>
        <h2 className={styles.name}>{name}</h2>
        <ReadinessWord readiness={isTesting ? "testing" : readinessOf(endpoint)} />
        <code className={styles.host}>{origin.replace(/^https:\/\//, "")}</code>
      </header>
      <StartingNote id={id} />
      <Warnings endpoint={endpoint} />
      <EndpointFacts endpoint={endpoint} />
      <Trouble endpoint={endpoint} verbs={verbs} onPlace={(place) => onEdit(id, place)} />
      <footer className={styles.actions}>
        <Button icon={RefreshCw} isPending={isTesting} onPress={verbs.test}>
          {t("actions.test")}
        </Button>
        <IconButton
          icon={Ellipsis}
          label={t("actions.more", { name })}
          onPress={({ target }) => menu.openBelow(target, actions)}
        />
      </footer>
      <Dialogs
        endpoint={endpoint}
        open={dialog}
        onOpen={setDialog}
        onEdit={(place) => onEdit(id, place)}
      />
    </article>
  );
}

type CardDialog = "doctor" | "trial" | "history" | "removal";

interface DialogsProps {
  readonly endpoint: Endpoint;
  readonly open: CardDialog | undefined;
  readonly onOpen: (dialog: CardDialog | undefined) => void;
  readonly onEdit: (place: Place | undefined) => void;
}

/** The open dialog of a card. The doctor's leads to the form or to the trial of its settings. */
function Dialogs({ endpoint, open, onOpen, onEdit }: DialogsProps) {
  const ofAll = { endpoint, onClose: () => onOpen(undefined) };
  const edit = (place: Place | undefined) => {
    onOpen(undefined);
    onEdit(place);
  };
  return (
    <>
      {open === "doctor" && (
        <DoctorDialog {...ofAll} onTrial={() => onOpen("trial")} onEdit={edit} />
      )}
      {open === "trial" && <TrialDialog {...ofAll} />}
      {open === "history" && <HistoryDialog {...ofAll} />}
      <Removal {...ofAll} isOpen={open === "removal"} />
    </>
  );
}

interface RemovalProps {
  readonly endpoint: Endpoint;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Removing an endpoint also deletes its token; adding it again creates a new endpoint. */
function Removal({ endpoint: { id, name, hasToken }, isOpen, onClose }: RemovalProps) {
  const t = useWords("endpoints");
  const { client } = useStudio();
  return (
    <RemoveDialog
      title={t("remove.title", { name })}
      yes={t("remove.yes")}
      isOpen={isOpen}
      onClose={onClose}
      onRemove={() => client.endpoints.remove({ id })}
    >
      {t(hasToken ? "remove.text" : "remove.textPlain")}
    </RemoveDialog>
  );
}

/** A token file dropped on an endpoint becomes its token and is tested at once. */
function useNewToken({ id, name }: Endpoint, onDropped: () => void) {
  const t = useWords("endpoints");
  const { client } = useStudio();
  const read = useTokenReader();
  const give = async (token: string) => {
    await client.endpoints.setToken({ id, token });
    showToast(t("dropped", { name }));
    await testEndpoint(client, id);
  };
  return useFileDrop((file) => {
    onDropped();
    void read(file, ({ text }) => attempt(give(text)));
  });
}

/** Says that a picture is waiting for the endpoint to start, and since when. */
function StartingNote({ id }: { id: string }) {
  const t = useWords("endpoints");
  const running = useQueue(({ byId, openIds }) =>
    openIds.find((open) => byId[open]?.target === id && byId[open].state === "running"),
  );
  const starting = useProgress((all) =>
    running === undefined ? undefined : all[running]?.starting,
  );
  if (starting === undefined) return null;
  return (
    <section className={styles.starting} aria-label={t("starting")}>
      <StartTimeline starting={starting} />
    </section>
  );
}

/** What the user should know about an endpoint's present settings. */
function Warnings({ endpoint }: { endpoint: Endpoint }) {
  const t = useWords("endpoints");
  const { isInsecure, isTokenOverHttp, hasToken, origin, isV1Wrapper } = endpoint;
  const isHttps = origin.startsWith("https:");
  const warnings = [
    isInsecure && isHttps && t(hasToken ? "insecure" : "insecurePlain"),
    isTokenOverHttp && hasToken && !isHttps && t("overHttp"),
    isV1Wrapper === true && t("v1Wrapper"),
  ].filter((words) => words !== false);
  return warnings.map((words) => (
    <p key={words} className={styles.warning}>
      <Icon of={TriangleAlert} />
      {words}
    </p>
  ));
}

interface TroubleProps {
  readonly endpoint: Endpoint;
  readonly verbs: EndpointVerbs;
  readonly onPlace: (place: Place) => void;
}

/** Why it is unavailable, or else why its last picture failed. */
function Trouble({ endpoint: { check, lastError }, verbs, onPlace }: TroubleProps) {
  const t = useWords("endpoints");
  const ways = { onPlace, onDiagnose: verbs.diagnose };
  if (check?.error) return <EndpointTrouble error={check.error} {...ways} />;
  if (lastError === undefined) return null;
  return (
    <EndpointTrouble title={t("lastFailed")} error={lastError} onTest={verbs.test} {...ways} />
  );
}
