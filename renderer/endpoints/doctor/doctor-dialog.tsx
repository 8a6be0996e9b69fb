import { ClipboardList, Hourglass, Pencil, SlidersHorizontal, Stethoscope } from "lucide-react";
import { useEffect, useState } from "react";
import {
  DOCTOR_STEPS,
  doctorReport,
  type DoctorStep,
  type Finding,
  STEP_NAMES,
} from "../../../engine/contract/doctor.ts";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { SOFTWARE } from "../../../engine/contract/software.ts";
import { Failed } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Switch } from "../../ui/switch.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { usePictureCost } from "../picture-cost.ts";
import type { Place } from "../use-endpoint-address.ts";
import styles from "./doctor-dialog.module.css";
import { Remedy, StepRow } from "./step-row.tsx";
import { type Diagnosis, endedFindings, useDiagnosis } from "./use-diagnosis.ts";

export interface DoctorDialogProps {
  readonly endpoint: Endpoint;
  readonly onClose: () => void;
  /** Called when the user wants to test which settings it uses instead. */
  readonly onTrial: () => void;
  /** Called when the user wants to edit it after a failure, with the field that the failed check is about. */
  readonly onEdit: (place: Place | undefined) => void;
}

/** Each step on the way to an endpoint: what was found there, and what helps. */
export function DoctorDialog({ endpoint, onClose, onTrial, onEdit }: DoctorDialogProps) {
  const t = useWords("endpoints");
  const { name, id, url } = endpoint;
  const [isPictureAsked, setIsPictureAsked] = useState(false);
  const cost = usePictureCost(endpoint);
  const diagnosis = useDiagnosis(id);
  const { start, cancel, state, findings } = diagnosis;
  useEffect(() => {
    void start(false);
  }, [start]);
  const close = () => {
    if (isAsking(diagnosis)) showToast(t("doctor.left"));
    cancel();
    onClose();
  };
  const isRunning = state === "running";
  return (
    <Dialog
      title={t("doctor.title", { name })}
      size="wide"
      isOpen
      onClose={close}
      actions={
        <>
          <NextButton diagnosis={diagnosis} onTrial={onTrial} onEdit={onEdit} />
          <ReportButton url={url} diagnosis={diagnosis} />
          {isRunning ? (
            <Button onPress={cancel}>{t("dialog.cancel")}</Button>
          ) : (
            <Button variant="filled" icon={Stethoscope} onPress={() => void start(isPictureAsked)}>
              {t("doctor.again")}
            </Button>
          )}
        </>
      }
    >
      <div className={styles.doctor}>
        <Summary
          name={name}
          diagnosis={diagnosis}
          onWait={() => void start(isPictureAsked, true)}
        />
        <Switch isSelected={isPictureAsked} onChange={setIsPictureAsked} description={cost}>
          {t("doctor.picture")}
        </Switch>
        <ol className={styles.steps} aria-label={t("doctor.steps")}>
          {DOCTOR_STEPS.map((step) => (
            <StepRow key={step} step={step} finding={findings.get(step)} isOver={!isRunning} />
          ))}
        </ol>
      </div>
    </Dialog>
  );
}

/** The form's field that a failed check is about; undefined if it may be any. */
const PLACES: Readonly<Record<DoctorStep, Place | undefined>> = {
  address: "url",
  dns: "url",
  proxy: "proxy",
  tcp: "url",
  tls: "certificate",
  route: "url",
  "sign-in": "token",
  token: "token",
  live: "url",
  model: "model",
  metadata: "model",
  picture: undefined,
};

type NextProps = Pick<DoctorDialogProps, "onTrial" | "onEdit"> & { readonly diagnosis: Diagnosis };

/** What comes after the checks: editing the endpoint if one failed, or else a test of its settings. */
function NextButton({ diagnosis, onTrial, onEdit }: NextProps) {
  const t = useWords("endpoints");
  if (diagnosis.state !== "ended" || diagnosis.error) return null;
  const failed = endedFindings(diagnosis).find(({ outcome }) => outcome === "failed");
  return failed ? (
    <Button icon={Pencil} onPress={() => onEdit(PLACES[failed.step])}>
      {t("doctor.edit")}
    </Button>
  ) : (
    <Button icon={SlidersHorizontal} onPress={onTrial}>
      {t("actions.trySettings")}
    </Button>
  );
}

/** Copies the findings for a ticket. */
function ReportButton({ url, diagnosis }: { url: string; diagnosis: Diagnosis }) {
  const t = useWords("endpoints");
  const copy = async () => {
    const at = new Date().toISOString();
    const report = doctorReport(url, endedFindings(diagnosis), at, SOFTWARE.version);
    await navigator.clipboard.writeText(report);
    showToast(t("doctor.copied"));
  };
  return (
    <Button
      icon={ClipboardList}
      isDisabled={diagnosis.state === "running"}
      onPress={() => attempt(copy())}
    >
      {t("doctor.report")}
    </Button>
  );
}

interface SummaryProps {
  readonly name: string;
  readonly diagnosis: Diagnosis;
  /** Checks again and waits for an endpoint that is starting. */
  readonly onWait: () => void;
}

/**
 * The conclusion: what is wrong and what helps, or that everything works. The user can wait for an endpoint that is
 * starting.
 */
function Summary({ name, diagnosis, onWait }: SummaryProps) {
  const t = useWords("endpoints");
  const { error } = diagnosis;
  const ended = endedFindings(diagnosis);
  const wrong = ended.find(({ outcome }) => outcome === "failed");
  if (error) return <Failed title={t("doctor.failed")} error={error} />;
  return (
    <>
      <p role="status" className={styles.summary}>
        {wrong === undefined
          ? t(`doctor.${summaryOf(diagnosis, ended)}`)
          : t(wrong.isStarting === true ? "doctor.mayStart" : "doctor.wrong", {
              name,
              step: STEP_NAMES[wrong.step],
            })}
      </p>
      {wrong && (
        <Remedy finding={wrong}>
          {wrong.isStarting === true && diagnosis.state !== "running" && (
            <div>
              <Button icon={Hourglass} onPress={onWait}>
                {t("doctor.wait")}
              </Button>
            </div>
          )}
        </Remedy>
      )}
    </>
  );
}

/** Whether a picture was requested and has not arrived. If the user leaves now, the server still draws it. */
function isAsking({ state, findings }: Diagnosis): boolean {
  return state !== "ended" && findings.get("picture")?.outcome === "running";
}

function summaryOf(diagnosis: Diagnosis, ended: readonly Finding[]) {
  const { state, findings } = diagnosis;
  if (state === "running") return isWaiting(findings.get("route")) ? "waiting" : "running";
  if (state === "idle") return "running";
  if (state === "cancelled") return isAsking(diagnosis) ? "left" : "cancelled";
  return ended.some(({ outcome }) => outcome === "warning") ? "warned" : "well";
}

/** Whether it is waiting for a start, which is reported while the route is checked. */
function isWaiting(route: Finding | undefined): boolean {
  return route?.outcome === "running" && route.seen !== undefined;
}
