import { type FormEvent, useState } from "react";
import type { Cluster } from "../../../engine/contract/clusters.ts";
import { fromWire } from "../../../engine/contract/errors.ts";
import { asFailure } from "../../connection/failure.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Failed } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { Chips } from "../../ui/chips.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { type ClusterDraft, EMPTY_CLUSTER, newClusterOf } from "./cluster-draft.ts";
import styles from "./cluster-section.module.css";
import { KubeconfigFields } from "./kubeconfig-fields.tsx";
import { TokenFields } from "./token-fields.tsx";

const KINDS = ["kubeconfig", "token"] as const;

export interface ClusterDialogProps {
  readonly onClose: () => void;
  readonly onAdded: (id: string) => void;
}

/** Adds a cluster and tests it. One that does not answer can be kept, since the network path may not be open yet. */
export function ClusterDialog({ onClose, onAdded }: ClusterDialogProps) {
  const t = useWords("clusters");
  const [draft, setDraft] = useState(EMPTY_CLUSTER);
  const [isPressed, setIsPressed] = useState(false);
  const { phase, error, unanswered, save } = useSave(draft, (id) => {
    onAdded(id);
    onClose();
  });
  if (unanswered) return <Unanswered {...unanswered} onClose={onClose} onAdded={onAdded} />;
  const isComplete = draft.kind === "kubeconfig" || (draft.address !== "" && draft.token !== "");
  const press = () => {
    setIsPressed(true);
    if (isComplete && phase === "form") save();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    press();
  };
  const change = (changed: Partial<ClusterDraft>) => setDraft((now) => ({ ...now, ...changed }));
  const Fields = draft.kind === "kubeconfig" ? KubeconfigFields : TokenFields;
  return (
    <Dialog
      title={t("form.title")}
      size="wide"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("form.cancel")}</Button>
          <Button variant="filled" isPending={phase === "saving"} onPress={press}>
            {t(phase === "saving" ? "form.saving" : "form.save")}
          </Button>
        </>
      }
    >
      <form className={styles.form} aria-label={t("form.title")} onSubmit={submit} noValidate>
        <Chips
          label={t("form.how")}
          isSegmented
          value={draft.kind}
          onChange={(kind) => change({ kind })}
          chips={KINDS.map((value) => ({ value, label: t(`form.kinds.${value}`) }))}
        />
        <Fields draft={draft} areFaultsShown={isPressed} onChange={change} />
        <TextField
          label={t("form.name")}
          value={draft.name}
          onChange={(name) => change({ name })}
        />
        {error && <Failed title={t("form.refused")} error={error} />}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

interface Asked {
  readonly cluster: Cluster;
  readonly error: Error;
}

function useSave(draft: ClusterDraft, onReady: (id: string) => void) {
  const { client } = useStudio();
  const [phase, setPhase] = useState<"form" | "saving">("form");
  const [error, setError] = useState<Error>();
  const [unanswered, setUnanswered] = useState<Asked>();
  const run = async () => {
    setPhase("saving");
    setError(undefined);
    try {
      const cluster = await client.clusters.connect(newClusterOf(draft));
      const check = await client.clusters.test({ id: cluster.id });
      const failure = check.state === "failed" ? fromWire(check.error) : undefined;
      if (failure === undefined) onReady(cluster.id);
      else setUnanswered({ cluster, error: failure });
    } catch (thrown) {
      setError(asFailure(thrown));
    }
    setPhase("form");
  };
  return { phase, error, unanswered, save: () => void run() };
}

/** The cluster is saved but does not answer; the user decides whether it stays. */
function Unanswered({ cluster, error, onClose, onAdded }: Asked & ClusterDialogProps) {
  const t = useWords("clusters");
  const { client } = useStudio();
  const { id, name } = cluster;
  const remove = () => {
    onClose();
    attempt(client.clusters.disconnect({ id }));
  };
  const keep = () => {
    onClose();
    onAdded(id);
  };
  return (
    <Dialog
      title={name}
      size="wide"
      isOpen
      onClose={keep}
      actions={
        <>
          <Button onPress={remove}>{t("form.remove")}</Button>
          <Button variant="filled" onPress={keep}>
            {t("form.keep")}
          </Button>
        </>
      }
    >
      <Failed title={t("form.noAnswer", { name })} error={error} />
    </Dialog>
  );
}
