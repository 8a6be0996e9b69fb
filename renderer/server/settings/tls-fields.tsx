import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { Server, TlsFiles } from "../../../engine/contract/server.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Switch } from "../../ui/switch.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useWords } from "../../words/words.ts";
import type { ServerCommands } from "../use-server.ts";
import styles from "./settings-tab.module.css";

export interface TlsFieldsProps {
  readonly tls: TlsFiles | null;
  /** The certificate that is shown now. */
  readonly shown: Server["tls"];
  readonly change: ServerCommands["change"];
}

/** Whether the server encrypts, and with which files: they are checked as they are saved. */
export function TlsFields({ tls, shown, change }: TlsFieldsProps) {
  const t = useWords("server");
  const [isOpen, setIsOpen] = useState(tls !== null);
  const turn = (isOn: boolean) => {
    setIsOpen(isOn);
    if (!isOn && tls !== null) change({ tls: null });
  };
  return (
    <>
      <Switch isSelected={isOpen} onChange={turn} description={t("settings.tlsHelp")}>
        {t("settings.tls")}
      </Switch>
      {isOpen && <Files tls={tls} onSave={(files) => change({ tls: files })} />}
      {shown !== undefined && (
        <p className={styles.help}>
          {t("settings.tlsShown", {
            names: shown.names.join(", "),
            day: new Date(shown.validTo).toLocaleDateString(),
          })}
        </p>
      )}
      {shown?.warnings.map((warning) => (
        <p key={warning} className={styles.warn}>
          <Icon of={TriangleAlert} />
          {warning}
        </p>
      ))}
    </>
  );
}

interface FilesProps {
  readonly tls: TlsFiles | null;
  readonly onSave: (files: TlsFiles) => void;
}

const NAMES = ["cert", "key", "ca"] as const;
type Typed = Readonly<Record<(typeof NAMES)[number], string>>;

function Files({ tls, onSave }: FilesProps) {
  const t = useWords("server");
  const saved: Typed = { cert: tls?.cert ?? "", key: tls?.key ?? "", ca: tls?.ca ?? "" };
  const [typed, setTyped] = useState(saved);
  const isWhole = typed.cert.trim() !== "" && typed.key.trim() !== "";
  const isSaved = NAMES.every((name) => typed[name].trim() === saved[name]);
  const field = (name: (typeof NAMES)[number]) => ({
    label: t(`settings.tlsFiles.${name}`),
    isCode: true,
    value: typed[name],
    onChange: (text: string) => setTyped({ ...typed, [name]: text }),
  });
  return (
    <>
      <TextField {...field("cert")} description={t("settings.tlsCertHelp")} />
      <TextField {...field("key")} />
      <TextField {...field("ca")} description={t("settings.tlsCaHelp")} />
      <div>
        <Button isDisabled={!isWhole || isSaved} onPress={() => onSave(filesOf(typed))}>
          {t("settings.tlsSave")}
        </Button>
      </div>
    </>
  );
}

function filesOf({ cert, key, ca }: Typed): TlsFiles {
  const files = { cert: cert.trim(), key: key.trim() };
  return ca.trim() === "" ? files : { ...files, ca: ca.trim() };
}
