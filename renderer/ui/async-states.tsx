import { CircleAlert, Copy, RotateCcw } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import styles from "./async-states.module.css";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";
import { Icon } from "./icon.tsx";
import { showToast } from "./toasts.ts";
import { useWords } from "../words/words.ts";

/** A skeleton shows after this: what is quicker needs none. */
const PATIENCE_MS = 150;

/** Nothing is here yet: one sentence, and one thing to do. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={classNames(styles.state, styles.empty)}>
      <p className={styles.title}>{title}</p>
      {children}
    </div>
  );
}

export interface FailedProps {
  /** What could not be done. */
  readonly title: string;
  /** Why, and what to do: a refusal carries both in its message. */
  readonly error: Error;
  readonly onRetry?: () => void;
  /** The next click, where trying again is not it. */
  readonly children?: ReactNode;
}

/** It failed: what, why, the next click, and the details to pass on. */
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

/** Puts what happened on the clipboard, for a report. */
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

/** Stands where something will be, in its shape: give it the size of what it stands for by a class. */
export function Skeleton({ className }: { className?: string | undefined }) {
  const isShown = useAfter(PATIENCE_MS);
  return (
    <div aria-hidden className={classNames(styles.skeleton, isShown && styles.shown, className)} />
  );
}

/** True once so much time has passed. */
export function useAfter(ms: number): boolean {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsOver(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return isOver;
}

/** The code of a refusal, where it has one. */
export function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
