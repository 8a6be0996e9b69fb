import { CircleAlert, Copy, RotateCcw } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import styles from "./async-states.module.css";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";
import { Icon } from "./icon.tsx";
import { showToast } from "./toasts.ts";
import { useWords } from "../words/words.ts";

/** A skeleton is shown only after this time, milliseconds. */
const PATIENCE_MS = 150;

/** Shown when there is nothing yet: one sentence, and one thing to do. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles.state}>
      <p className={styles.title}>{title}</p>
      {children}
    </div>
  );
}

export interface FailedProps {
  /** What failed. */
  readonly title: string;
  /** Why, and what to do; a refusal's message has both. */
  readonly error: Error;
  readonly onRetry?: () => void;
  /** The next step, if it is not to retry. */
  readonly children?: ReactNode;
}

/** An error: what failed, why, the next step, and the details to copy. */
export function Failed({ title, error, onRetry, children }: FailedProps) {
  const t = useWords("ui");
  const code = codeOf(error);
  return (
    <div className={styles.state} role="alert">
      <p className={classNames(styles.title, styles.bad)}>
        <Icon of={CircleAlert} size={20} />
        {title}
      </p>
      <p className={styles.reason}>{error.message}</p>
      <div className={styles.actions}>
        {children}
        {onRetry && (
          <Button icon={RotateCcw} onPress={onRetry}>
            {t("tryAgain")}
          </Button>
        )}
        <CopyDetails error={error} />
      </div>
      {code !== undefined && <code className={styles.code}>{code}</code>}
    </div>
  );
}

export interface CopyDetailsProps {
  readonly error: Error;
  readonly size?: "dense" | "regular";
}

/** Copies what happened to the clipboard, for a report. */
export function CopyDetails({ error, size = "regular" }: CopyDetailsProps) {
  const t = useWords("ui");
  const copy = async () => {
    await navigator.clipboard.writeText([codeOf(error), error.message].filter(Boolean).join(": "));
    showToast(t("copied"));
  };
  return (
    <Button variant="plain" size={size} icon={Copy} onPress={() => void copy()}>
      {t("copyDetails")}
    </Button>
  );
}

/** A placeholder in the shape of what is loading; a class gives its size. */
export function Skeleton({ className }: { className?: string | undefined }) {
  const isShown = useAfter(PATIENCE_MS);
  return (
    <div aria-hidden className={classNames(styles.skeleton, isShown && styles.shown, className)} />
  );
}

/** True after this time, milliseconds. */
export function useAfter(ms: number): boolean {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsOver(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return isOver;
}

/** The code of a refusal; undefined for other errors. */
export function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
