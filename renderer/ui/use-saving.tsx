import { type ReactNode, useEffect, useState } from "react";
import { useWords } from "../words/words.ts";
import styles from "./field.module.css";

/** How long a field says that it was saved, milliseconds. */
const SAID_MS = 4000;

/** The save of a field. */
export interface Saving {
  /** Why the last save was refused, until the next one or until it is forgotten. */
  readonly refusal: string | undefined;
  readonly forget: () => void;
  readonly save: () => void;
  /** Says for some seconds that it was saved; for the right of the field's label. */
  readonly sign: ReactNode;
}

/** Runs the save of a field and holds its outcome. A save without a promise reports its outcome elsewhere. */
export function useSaving(save: () => void | Promise<unknown>): Saving {
  const t = useWords("ui");
  const [refusal, setRefusal] = useState<string>();
  const [isSaved, setIsSaved] = useState(false);
  useEffect(() => {
    if (!isSaved) return;
    const timer = setTimeout(() => setIsSaved(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [isSaved]);
  const forget = () => {
    setRefusal(undefined);
    setIsSaved(false);
  };
  const attempt = async () => {
    forget();
    try {
      const saving = save();
      await saving;
      setIsSaved(saving !== undefined);
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    }
  };
  const sign = (
    <span role="status" className={styles.label}>
      {isSaved && t("saved")}
    </span>
  );
  return { refusal, forget, save: () => void attempt(), sign };
}
