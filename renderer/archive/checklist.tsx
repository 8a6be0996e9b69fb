import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import type { DeploymentCheck } from "../../engine/contract/archives.ts";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/words.ts";
import styles from "./checklist.module.css";

const SIGNS = { ok: CircleCheck, warning: TriangleAlert, failed: CircleAlert } as const;

/** The worst outcome in a checklist. */
export function verdictOf(checks: readonly DeploymentCheck[]): DeploymentCheck["outcome"] {
  const has = (wanted: DeploymentCheck["outcome"]) =>
    checks.some(({ outcome }) => outcome === wanted);
  if (has("failed")) return "failed";
  return has("warning") ? "warning" : "ok";
}

/** "Deployable?": whether TorchServe behind KServe can serve an archive, line by line. */
export function Checklist({ checks }: { checks: readonly DeploymentCheck[] }) {
  const t = useWords("archive");
  return (
    <section className={styles.section} aria-label={t("checklist")}>
      <h3 className={styles.title}>{t("checklist")}</h3>
      <p className={styles.verdict}>{t(`verdict.${verdictOf(checks)}`)}</p>
      <ul className={styles.checks}>
        {checks.map(({ name, outcome, found, advice }) => (
          <li key={name} className={styles.check} data-outcome={outcome}>
            <Icon of={SIGNS[outcome]} />
            <span className={styles.what}>
              {t(`checks.${name}`)}
              <span className={styles.outcome}>{t(`outcomes.${outcome}`)}</span>
            </span>
            <span className={styles.said}>
              {found}
              {advice !== undefined && <span className={styles.advice}>{` ${advice}`}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
