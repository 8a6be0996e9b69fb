import { useQuery } from "@tanstack/react-query";
import type { DeploymentPlace, RemovedObject } from "../../../engine/contract/deployments.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Failed } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import styles from "./deployed-list.module.css";

export interface RemoveDeploymentProps {
  readonly place: DeploymentPlace;
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}

/** Asks before it removes a deployment, and names every object that will be deleted and every one that stays. */
export function RemoveDeployment({ place, onClose, onRemoved }: RemoveDeploymentProps) {
  const t = useWords("clusters");
  const { client, queries } = useStudio();
  const { name, namespace } = place;
  const { data, error } = useQuery({
    ...queries.deploy.remove.queryOptions({ input: { ...place, dryRun: true } }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const remove = async () => {
    onClose();
    const { objects } = await client.deploy.remove({ ...place, dryRun: false });
    const count = objects.filter(({ outcome }) => outcome === "kept").length;
    showToast(count === 0 ? t("removing.done", { name }) : t("removing.kept", { name, count }));
    onRemoved();
  };
  const of = (outcome: RemovedObject["outcome"]) =>
    data?.objects.filter((object) => object.outcome === outcome) ?? [];
  return (
    <Dialog
      title={t("removing.title", { name, namespace })}
      isAlert
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("removing.keep")}</Button>
          <Button variant="danger" isDisabled={!data} onPress={() => attempt(remove())}>
            {t("removing.yes")}
          </Button>
        </>
      }
    >
      <div className={styles.removal}>
        {error && <Failed title={t("removing.failed")} error={error} />}
        {!data && !error && <p className={styles.quiet}>{t("removing.looking")}</p>}
        <Named title={t("removing.goes")} objects={of("removed")} />
        <Named title={t("removing.stays")} objects={of("kept")} />
        <p className={styles.quiet}>{t("removing.bucket")}</p>
      </div>
    </Dialog>
  );
}

function Named({ title, objects }: { title: string; objects: readonly RemovedObject[] }) {
  if (objects.length === 0) return null;
  return (
    <div>
      <p>{title}</p>
      <ul className={styles.named}>
        {objects.map(({ kind, name, reason }) => (
          <li key={`${kind} ${name}`}>
            {kind} <code>{name}</code>
            {reason !== undefined && <span className={styles.quiet}> {reason}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}
