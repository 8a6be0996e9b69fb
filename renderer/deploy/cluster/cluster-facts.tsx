import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import type { Cluster } from "../../../engine/contract/clusters.ts";
import { Icon } from "../../ui/icon.tsx";
import { useWords } from "../../words/words.ts";
import styles from "./cluster-section.module.css";

/** The result of the last check of a cluster. */
export function ClusterFacts({ cluster }: { cluster: Cluster }) {
  const t = useWords("clusters");
  const { address, check, isInsecure } = cluster;
  return (
    <ul className={styles.facts}>
      <li className={styles.code}>{address}</li>
      {check === undefined && <li>{t("facts.untested")}</li>}
      {check?.state === "failed" && (
        <li className={styles.bad}>
          <Icon of={CircleAlert} />
          {check.error?.message}
        </li>
      )}
      {check?.state === "ready" && <Answer check={check} />}
      {isInsecure && (
        <li className={styles.warning}>
          <Icon of={TriangleAlert} />
          {t("facts.insecure")}
        </li>
      )}
    </ul>
  );
}

function Answer({ check }: { check: NonNullable<Cluster["check"]> }) {
  const t = useWords("clusters");
  const { version = "", ms, hasKServe, isOpenShift, missing } = check;
  return (
    <>
      <li className={styles.good}>
        <Icon of={CircleCheck} />
        {t("facts.ready", { version, ms: Math.round(ms) })}
      </li>
      {isOpenShift === true && <li>{t("facts.openShift")}</li>}
      {hasKServe !== undefined && (
        <li className={hasKServe ? undefined : styles.bad}>
          {!hasKServe && <Icon of={CircleAlert} />}
          {t(hasKServe ? "facts.kserve" : "facts.noKServe")}
        </li>
      )}
      {missing.length > 0 && (
        <li className={styles.warning}>
          <Icon of={TriangleAlert} />
          {t("facts.missing", { what: missing.join(", ") })}
        </li>
      )}
    </>
  );
}
