import { Copy } from "lucide-react";
import { type FormEvent, useState } from "react";
import { type NewServerKey, newServerKeySchema } from "../../../engine/contract/server.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Failed } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Switch } from "../../ui/switch.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useWords } from "../../words/words.ts";
import { KEY_VARIABLE } from "../snippets/snippets.ts";
import { useCopy } from "../use-copy.ts";
import styles from "./new-key-dialog.module.css";

export interface NewKeyDialogProps {
  readonly isOpen: boolean;
  readonly onClose: (isMade: boolean) => void;
}

/** Creates a key and shows it once. */
export function NewKeyDialog({ isOpen, onClose }: NewKeyDialogProps) {
  const [secret, setSecret] = useState<string>();
  if (!isOpen) return null;
  const close = () => {
    setSecret(undefined);
    onClose(secret !== undefined);
  };
  return secret === undefined ? (
    <Form onMade={setSecret} onClose={close} />
  ) : (
    <MadeKeyDialog secret={secret} onClose={close} />
  );
}

const NEW: NewServerKey = {
  name: "",
  scopes: ["inference"],
  keepsPictures: false,
  isSeedProfile: false,
};

interface FormProps {
  readonly onMade: (secret: string) => void;
  readonly onClose: () => void;
}

function Form({ onMade, onClose }: FormProps) {
  const t = useWords("server");
  const { client, queries, cache } = useStudio();
  const [key, setKey] = useState(NEW);
  const [failure, setFailure] = useState<Error>();
  const [isBusy, setIsBusy] = useState(false);
  const [isPressed, setIsPressed] = useState(false);
  const sound = newServerKeySchema.safeParse(key);
  const make = async (event?: FormEvent) => {
    event?.preventDefault();
    setIsPressed(true);
    if (!sound.success || isBusy) return;
    setIsBusy(true);
    try {
      const { secret } = await client.server.addKey(sound.data);
      void cache.invalidateQueries({ queryKey: queries.server.keys.queryKey() });
      onMade(secret);
    } catch (error) {
      setFailure(error instanceof Error ? error : new Error(String(error)));
      setIsBusy(false);
    }
  };
  return (
    <Dialog
      title={t("newKey.title")}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("newKey.no")}</Button>
          <Button
            variant="filled"
            isDisabled={key.scopes.length === 0}
            isPending={isBusy}
            onPress={() => void make()}
          >
            {t("newKey.yes")}
          </Button>
        </>
      }
    >
      <form className={styles.form} onSubmit={(event) => void make(event)}>
        <Fields value={key} isNameNeeded={isPressed} onChange={setKey} />
        {failure && <Failed title={t("newKey.failed")} error={failure} />}
      </form>
    </Dialog>
  );
}

interface FieldsProps {
  readonly value: NewServerKey;
  /** Whether an empty name is marked. */
  readonly isNameNeeded: boolean;
  readonly onChange: (key: NewServerKey) => void;
}

function Fields({ value: key, isNameNeeded, onChange }: FieldsProps) {
  const t = useWords("server");
  const ui = useWords("ui");
  const { name, scopes, keepsPictures, isSeedProfile } = key;
  const scope = (one: NewServerKey["scopes"][number], isOn: boolean) =>
    onChange({ ...key, scopes: isOn ? [...scopes, one] : scopes.filter((other) => other !== one) });
  return (
    <>
      <TextField
        label={t("newKey.name")}
        description={t("newKey.nameHelp")}
        value={name}
        onChange={(typed) => onChange({ ...key, name: typed })}
        error={isNameNeeded && name.trim() === "" ? ui("enterName") : undefined}
        maxLength={100}
        autoFocus
      />
      <Switch
        isSelected={scopes.includes("inference")}
        onChange={(isOn) => scope("inference", isOn)}
      >
        {t("newKey.inference")}
      </Switch>
      <Switch
        isSelected={scopes.includes("management")}
        onChange={(isOn) => scope("management", isOn)}
        description={t("newKey.managementHelp")}
      >
        {t("newKey.management")}
      </Switch>
      {scopes.length === 0 && <p className={styles.warn}>{t("newKey.noScope")}</p>}
      <Switch
        isSelected={keepsPictures}
        onChange={(isOn) => onChange({ ...key, keepsPictures: isOn })}
      >
        {t("newKey.keepsPictures")}
      </Switch>
      <Switch
        isSelected={isSeedProfile}
        onChange={(isOn) => onChange({ ...key, isSeedProfile: isOn })}
        description={t("newKey.seedHelp")}
      >
        {t("newKey.seed")}
      </Switch>
    </>
  );
}

/** Shows a new key once: it is passed on to where it is used, and the page does not store it. */
function MadeKeyDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  const t = useWords("server");
  const copy = useCopy();
  const [isCopied, setIsCopied] = useState(false);
  const copyKey = () => {
    copy(secret);
    setIsCopied(true);
  };
  return (
    <Dialog
      title={t("madeKey.title")}
      isAlert
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button variant={isCopied ? "filled" : "quiet"} onPress={onClose}>
            {t("madeKey.done")}
          </Button>
          <Button variant={isCopied ? "quiet" : "filled"} icon={Copy} onPress={copyKey}>
            {t("madeKey.copy")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <p>{t("madeKey.once")}</p>
        <TextField label={t("madeKey.key")} value={secret} isReadOnly isCode />
        <p className={styles.note}>{t("madeKey.use", { variable: KEY_VARIABLE })}</p>
      </div>
    </Dialog>
  );
}
