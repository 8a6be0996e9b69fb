import { SlidersHorizontal } from "lucide-react";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { asSentence } from "../../../engine/contract/sentence.ts";
import {
  SETTING_NAMES,
  settingsThat,
  TRIAL_PICTURES,
  TRIED_SETTINGS,
  type Verdicts,
} from "../../../engine/contract/setting-trial.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Failed } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
import { formatAbout, formatDuration } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import styles from "./trial-dialog.module.css";
import { type RunningTrial, useTrial } from "./use-trial.ts";

export interface TrialDialogProps {
  readonly endpoint: Endpoint;
  readonly onClose: () => void;
}

/** Finds out which settings an endpoint uses: what that costs, its progress, and the result. */
export function TrialDialog({ endpoint, onClose }: TrialDialogProps) {
  const t = useWords("endpoints");
  const trial = useTrial(endpoint.id);
  const { state, start, cancel, error } = trial;
  const isRunning = state === "running";
  const verdicts = knownVerdicts(trial, endpoint);
  const close = () => {
    if (isRunning) showToast(t("trial.left"));
    cancel();
    onClose();
  };
  return (
    <Dialog
      title={t("trial.title", { name: endpoint.name })}
      isOpen
      onClose={close}
      actions={
        <Actions
          trial={trial}
          isKnown={verdicts !== undefined}
          onStart={() => void start()}
          onClose={close}
        />
      }
    >
      <div className={styles.trial}>
        {state === "idle" && <Cost endpoint={endpoint} />}
        <Progress trial={trial} />
        {error && <Failed title={t("trial.failed")} error={error} />}
        {verdicts && <Found endpoint={endpoint} verdicts={verdicts} isRunning={isRunning} />}
      </div>
    </Dialog>
  );
}

/** The results of the present trial, otherwise of the last one. */
function knownVerdicts({ state, news }: RunningTrial, { trial }: Endpoint): Verdicts | undefined {
  return state === "running" ? (news?.verdicts ?? {}) : (news ?? trial)?.verdicts;
}

interface ActionsProps {
  readonly trial: RunningTrial & { readonly cancel: () => void };
  readonly isKnown: boolean;
  readonly onStart: () => void;
  readonly onClose: () => void;
}

function Actions({ trial: { state, cancel }, isKnown, onStart, onClose }: ActionsProps) {
  const t = useWords("endpoints");
  if (state === "running") return <Button onPress={cancel}>{t("trial.cancel")}</Button>;
  return (
    <>
      {isKnown && <Button onPress={onClose}>{t("trial.close")}</Button>}
      <Button variant="filled" icon={SlidersHorizontal} onPress={onStart}>
        {t(isKnown ? "trial.again" : "trial.start")}
      </Button>
    </>
  );
}

interface FoundProps extends VerdictListProps {
  readonly endpoint: Endpoint;
}

function Found({ endpoint, verdicts, isRunning }: FoundProps) {
  return (
    <>
      <VerdictList verdicts={verdicts} isRunning={isRunning} />
      {!isRunning && <Remedy endpoint={endpoint} verdicts={verdicts} />}
    </>
  );
}

/** The load on the endpoint, shown before any request is sent. */
function Cost({ endpoint: { medianSeconds } }: { endpoint: Endpoint }) {
  const t = useWords("endpoints");
  const { least, most } = TRIAL_PICTURES;
  return (
    <div>
      <p>{t("trial.cost", { least, more: most - least })}</p>
      <p className={styles.quiet}>
        {medianSeconds === undefined
          ? t("trial.costUnknown")
          : t("trial.costTime", {
              time: formatDuration(medianSeconds),
              least: formatAbout(medianSeconds * least),
            })}
      </p>
    </div>
  );
}

function Progress({ trial: { state, news } }: { trial: RunningTrial }) {
  const t = useWords("endpoints");
  if (state === "idle") return null;
  const { trying = "seed", pictures = 0, seconds = 0 } = news ?? {};
  const words = {
    running: t("trial.trying", { setting: SETTING_NAMES[trying], number: pictures + 1 }),
    cancelled: t("trial.left"),
    ended: t("trial.done", { count: pictures, time: formatDuration(seconds) }),
  };
  return (
    <p role="status" className={styles.status}>
      {words[state]}
    </p>
  );
}

interface VerdictListProps {
  readonly verdicts: Verdicts;
  readonly isRunning: boolean;
}

function VerdictList({ verdicts, isRunning }: VerdictListProps) {
  const t = useWords("endpoints");
  const untried = isRunning ? "…" : t("trial.untried");
  return (
    <dl className={styles.verdicts} aria-label={t("trial.settings")}>
      {TRIED_SETTINGS.map((setting) => {
        const verdict = verdicts[setting];
        return (
          <div key={setting} className={styles.verdict} data-verdict={verdict}>
            <dt>{asSentence(SETTING_NAMES[setting])}</dt>
            <dd>{verdict === undefined ? untried : t(`trial.verdicts.${verdict}`)}</dd>
          </div>
        );
      })}
    </dl>
  );
}

/** Why a result is unknown, and how to send the used settings if the endpoint gets only the prompt. */
function Remedy({ endpoint, verdicts }: { endpoint: Endpoint; verdicts: Verdicts }) {
  const t = useWords("endpoints");
  const { client } = useStudio();
  const { id, name, profile } = endpoint;
  const send = async () => {
    await client.endpoints.change({ id, profile: "full" });
    showToast(t("trial.sent", { name }));
  };
  const trial = { trial: { verdicts } };
  const isUnknown = settingsThat(trial, "unknown").length > 0;
  const isHeldBack = profile === "prompt" && settingsThat(trial, "used").length > 0;
  return (
    <>
      {isUnknown && <p className={styles.quiet}>{t("trial.unknownHint")}</p>}
      {isHeldBack && (
        <div className={styles.held}>
          <p>{t("trial.promptOnly")}</p>
          <Button size="dense" onPress={() => attempt(send())}>
            {t("trial.send")}
          </Button>
        </div>
      )}
    </>
  );
}
