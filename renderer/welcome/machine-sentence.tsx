import { useQuery } from "@tanstack/react-query";
import { useStudio } from "../connection/studio.tsx";
import { formatDuration } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import styles from "./welcome.module.css";

/** What this machine can do, in a sentence: its device, and how long a picture of full size takes. */
export function MachineSentence() {
  const t = useWords("welcome");
  const { queries } = useStudio();
  const { data: machine, error } = useQuery(queries.machine.get.queryOptions());
  if (error) return <p className={styles.machine}>{`${t("failed")}: ${error.message}`}</p>;
  if (machine?.device === undefined) return <p className={styles.machine}>{t("trying")}</p>;
  const { provider, name, fallback } = machine.device;
  return (
    <div className={styles.machine}>
      <p>
        {t("machine", { device: name ?? provider })}{" "}
        {machine.estimate && t("time", { duration: formatDuration(machine.estimate.seconds) })}
      </p>
      {fallback !== undefined && (
        <p className={styles.fallback}>{t("fallback", { reason: fallback })}</p>
      )}
    </div>
  );
}
