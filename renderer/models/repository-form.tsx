import { Search } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import { repositoryIdSchema } from "../../engine/contract/models.ts";
import { useStudio } from "../connection/studio.tsx";
import { Failed } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { useWords } from "../words/words.ts";
import styles from "./get-models.module.css";
import type { Offer } from "./offer.ts";

/** Any repository of the hub, by name: it is looked up first, then offered. */
export function RepositoryForm({ onOffer }: { onOffer: (offer: Offer) => void }) {
  const t = useWords("models");
  const { client } = useStudio();
  const [typed, setTyped] = useState("");
  const [looking, setLooking] = useState<AbortController>();
  const [failure, setFailure] = useState<Error>();
  const [isPressed, setIsPressed] = useState(false);
  useEffect(() => () => looking?.abort(), [looking]);
  const isSound = repositoryIdSchema.safeParse(typed.trim()).success;
  const look = async (event?: FormEvent) => {
    event?.preventDefault();
    setIsPressed(true);
    if (!isSound) return;
    const leaving = new AbortController();
    const { signal } = leaving;
    setLooking(leaving);
    setFailure(undefined);
    try {
      const repository = await client.models.inspect({ repository: typed.trim() }, { signal });
      if (!signal.aborted) onOffer({ kind: "repository", repository });
    } catch (error) {
      if (signal.aborted) return;
      setFailure(error instanceof Error ? error : new Error(String(error)));
    } finally {
      setLooking((now) => (now === leaving ? undefined : now));
    }
  };
  return (
    <form className={styles.form} onSubmit={(event) => void look(event)}>
      <TextField
        label={t("repository.label")}
        description={t(looking ? "repository.looking" : "repository.help")}
        placeholder={t("repository.placeholder")}
        isCode
        value={typed}
        onChange={setTyped}
        error={isSound || !(isPressed || typed.includes("/")) ? undefined : t("repository.bad")}
        trailing={
          looking ? (
            <Button onPress={() => looking.abort()}>{t("repository.cancel")}</Button>
          ) : (
            <Button icon={Search} type="submit">
              {t("repository.look")}
            </Button>
          )
        }
      />
      {failure && <Failed title={typed} error={failure} onRetry={() => void look()} />}
    </form>
  );
}
