import { CircleAlert, CircleCheck, CircleDashed, CircleHelp, LoaderCircle } from "lucide-react";
import type { Readiness } from "../state/endpoints.ts";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/words.ts";
import styles from "./readiness.module.css";

const ICONS = {
  ready: CircleCheck,
  "not-ready": CircleDashed,
  failed: CircleAlert,
  unknown: CircleHelp,
  outdated: CircleHelp,
  testing: LoaderCircle,
} as const;

export type Shown = Readiness | "testing";

/** An endpoint's state as an icon; put its text next to it. */
export function ReadinessSign({ readiness }: { readiness: Shown }) {
  return (
    <span className={styles.sign} data-readiness={readiness}>
      <Icon of={ICONS[readiness]} />
    </span>
  );
}

/** An endpoint's state as an icon with its text. */
export function ReadinessWord({ readiness }: { readiness: Shown }) {
  const t = useWords("endpoints");
  return (
    <span className={styles.word}>
      <ReadinessSign readiness={readiness} />
      {t(`readiness.${readiness}`)}
    </span>
  );
}
