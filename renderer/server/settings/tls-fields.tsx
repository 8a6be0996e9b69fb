import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { StudioError } from "../../../engine/contract/errors.ts";
import type { Server, TlsFiles } from "../../../engine/contract/server.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Switch } from "../../ui/switch.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { formatDate } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { isOfCertificate, type ServerCommands } from "../use-server.ts";
import styles from "./settings-tab.module.css";

export interface TlsFieldsProps {
  readonly tls: TlsFiles | null;
  /** The certificate in use. */
  readonly shown: Server["tls"];
  /** The last refusal, which may concern a file typed here. */
  readonly refused: Error | undefined;
  readonly change: ServerCommands["change"];
}

/** Whether the server uses TLS, and with which files; they are checked when they are saved. */
export function TlsFields({ tls, shown, refused, change }: TlsFieldsProps) {
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
      {isOpen && <Files tls={tls} refused={refused} onSave={(files) => change({ tls: files })} />}
      {shown !== undefined && (
        <p className={styles.help}>
          {t("settings.tlsShown", {
            names: shown.names.join(", "),
            day: formatDate(shown.validTo),
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

interface FilesProps extends Pick<TlsFieldsProps, "tls" | "refused"> {
  readonly onSave: (files: TlsFiles) => void;
}

const NAMES = ["cert", "key", "ca"] as const;
type Typed = Readonly<Record<(typeof NAMES)[number], string>>;

function Files({ tls, refused, onSave }: FilesProps) {
  const t = useWords("server");
  const saved: Typed = { cert: tls?.cert ?? "", key: tls?.key ?? "", ca: tls?.ca ?? "" };
  const [typed, setTyped] = useState(saved);
  const isWhole = typed.cert.trim() !== "" && typed.key.trim() !== "";
  const isSaved = NAMES.every((name) => typed[name].trim() === saved[name]);
  const field = (name: (typeof NAMES)[number]) => ({
    label: t(`settings.tlsFiles.${name}`),
    isCode: true,
    value: typed[name],
    error: isAbout(refused, typed[name].trim()) ? refused.message : undefined,
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
      {!isWhole && <p className={styles.help}>{t("settings.tlsEmpty")}</p>}
      {isWhole && isSaved && <p className={styles.help}>{t("settings.tlsSaved")}</p>}
    </>
  );
}

/** Whether a refusal concerns this file rather than one typed earlier. */
function isAbout(refused: Error | undefined, path: string): refused is StudioError {
  return isOfCertificate(refused) && refused.details["file"] === path;
}

function filesOf({ cert, key, ca }: Typed): TlsFiles {
  const files = { cert: cert.trim(), key: key.trim() };
  return ca.trim() === "" ? files : { ...files, ca: ca.trim() };
}
