import { type FormEvent, useState } from "react";
import type { Cluster } from "../../../engine/contract/clusters.ts";
import { asFailure } from "../../connection/failure.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Failed } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useWords } from "../../words/words.ts";
import styles from "./cluster-section.module.css";

/** Replaces a cluster's token, for example after it has expired. */
export function TokenDialog({ cluster, onClose }: { cluster: Cluster; onClose: () => void }) {
  const t = useWords("clusters");
  const { client } = useStudio();
  const [token, setToken] = useState("");
  const [error, setError] = useState<Error>();
  const { id, name } = cluster;
  const [isPressed, setIsPressed] = useState(false);
  const save = async () => {
    setIsPressed(true);
    if (token === "") return;
    try {
      await client.clusters.setToken({ id, token });
      onClose();
      await client.clusters.test({ id });
    } catch (thrown) {
      setError(asFailure(thrown));
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save();
  };
  return (
    <Dialog
      title={t("form.tokenTitle", { name })}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("form.cancel")}</Button>
          <Button variant="filled" onPress={() => void save()}>
            {t("form.tokenSave")}
          </Button>
        </>
      }
    >
      <form className={styles.form} onSubmit={submit} noValidate>
        <TextField
          label={t("form.token")}
          description={t("form.tokenHelp")}
          type="password"
          autoComplete="off"
          isCode
          autoFocus
          value={token}
          onChange={(typed) => setToken(typed.trim())}
          error={isPressed && token === "" ? t("form.tokenEmpty") : undefined}
        />
        {error && <Failed title={t("form.refused")} error={error} />}
      </form>
    </Dialog>
  );
}
