import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { StoredModel } from "../../engine/contract/models.ts";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/words.ts";
import styles from "./fit.module.css";

type Verdict = StoredModel["fit"]["verdict"];

const ICONS = {
  good: CircleCheck,
  slow: TriangleAlert,
  tight: TriangleAlert,
  "too-large": CircleAlert,
} as const;

/** How well a model suits this machine, and why. */
export function Fit({ fit: { verdict, reason } }: Pick<StoredModel, "fit">) {
  const t = useWords("models");
  return (
    <Judged verdict={verdict}>
      <strong>{t(`fit.${verdict}`)}</strong>
      {`: ${reason}`}
    </Judged>
  );
}

/** A sentence with a verdict's icon. */
export function Judged({ verdict, children }: { verdict: Verdict; children: ReactNode }) {
  return (
    <p className={styles.fit} data-verdict={verdict}>
      <Icon of={ICONS[verdict]} />
      <span>{children}</span>
    </p>
  );
}

/** How well a model suits this machine, in a word or two. */
export function ShortFit({ verdict }: { verdict: Verdict }) {
  const t = useWords("models");
  return (
    <span className={styles.short} data-verdict={verdict}>
      <Icon of={ICONS[verdict]} />
      {t(`fit.short.${verdict}`)}
    </span>
  );
}
