import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  Copy,
  LoaderCircle,
  type LucideIcon,
  TriangleAlert,
} from "lucide-react";
import type { ReactNode } from "react";
import { type DoctorStep, type Finding, STEP_NAMES } from "../../../engine/contract/doctor.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import styles from "./step-row.module.css";

const ICONS: Readonly<Record<Finding["outcome"], LucideIcon>> = {
  running: LoaderCircle,
  ok: CircleCheck,
  warning: TriangleAlert,
  failed: CircleAlert,
  skipped: CircleDashed,
};

interface StepRowProps {
  readonly step: DoctorStep;
  readonly finding: Finding | undefined;
  /** No more findings will follow. */
  readonly isOver: boolean;
}

/** One check: its icon, its duration, and what was found. */
export function StepRow({ step, finding, isOver }: StepRowProps) {
  const t = useWords("endpoints");
  const { outcome = "skipped", ms, seen } = finding ?? {};
  const shown = outcome === "running" && isOver ? "skipped" : outcome;
  return (
    <li className={styles.step} data-outcome={finding ? shown : "waiting"}>
      <span className={styles.sign}>
        <Icon of={ICONS[shown]} />
      </span>
      <span className={styles.name}>{STEP_NAMES[step]}</span>
      <span className={styles.word}>{finding ? t(`doctor.outcomes.${shown}`) : ""}</span>
      <span className={styles.time}>{ms === undefined ? "" : t("doctor.ms", { ms })}</span>
      {seen !== undefined && <span className={styles.seen}>{seen}</span>}
      {shown === "warning" && finding && <Advice finding={finding} />}
    </li>
  );
}

interface RemedyProps {
  readonly finding: Finding;
  /** Buttons. */
  readonly children?: ReactNode;
}

/** What was found where it failed, and what helps. */
export function Remedy({ finding: { seen, fix, copy }, children }: RemedyProps) {
  return (
    <div className={styles.remedy}>
      {seen !== undefined && <p>{seen}</p>}
      {fix !== undefined && <p>{fix}</p>}
      {copy !== undefined && <CopyLine text={copy} />}
      {children}
    </div>
  );
}

function Advice({ finding: { fix, copy } }: { finding: Finding }) {
  return (
    <>
      {fix !== undefined && <span className={styles.seen}>{fix}</span>}
      {copy !== undefined && <CopyLine text={copy} />}
    </>
  );
}

function CopyLine({ text }: { text: string }) {
  const t = useWords("endpoints");
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    showToast(t("doctor.lineCopied"));
  };
  return (
    <span className={styles.copy}>
      <code>{text}</code>
      <Button size="dense" variant="plain" icon={Copy} onPress={() => attempt(copy())}>
        {t("doctor.copy")}
      </Button>
    </span>
  );
}
