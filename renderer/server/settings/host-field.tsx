import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { serverChangeSchema } from "../../../engine/contract/server.ts";
import { Chips } from "../../ui/chips.tsx";
import { Icon } from "../../ui/icon.tsx";
import { SavedField } from "../../ui/saved-field.tsx";
import { useWords } from "../../words/words.ts";
import { isEverywhere } from "../reach.ts";
import styles from "./settings-tab.module.css";

const REACHES = ["own", "everywhere", "other"] as const;
type Reach = (typeof REACHES)[number];

const HOSTS = { own: "127.0.0.1", everywhere: "0.0.0.0" } as const;

interface OtherHostProps {
  readonly host: string;
  readonly onChange: (host: string) => void;
}

export interface HostFieldProps extends OtherHostProps {
  readonly isEncrypted: boolean;
}

/** From where the server can be reached, and what that means. */
export function HostField({ host, isEncrypted, onChange }: HostFieldProps) {
  const t = useWords("server");
  const [isOther, setIsOther] = useState(reachOf(host) === "other");
  const reach = isOther ? "other" : reachOf(host);
  const choose = (value: Reach) => {
    setIsOther(value === "other");
    if (value !== "other" && value !== reachOf(host)) onChange(HOSTS[value]);
  };
  return (
    <div className={styles.field}>
      <span className={styles.name}>{t("settings.host")}</span>
      <div className={styles.chips}>
        <Chips
          label={t("settings.host")}
          isSegmented
          value={reach}
          onChange={choose}
          chips={REACHES.map((value) => ({ value, label: t(`settings.hosts.${value}`) }))}
        />
      </div>
      {reach === "own" ? (
        <p className={styles.help}>{t("settings.hostHelp.own")}</p>
      ) : (
        <p className={styles.warn}>
          <Icon of={TriangleAlert} />
          <span>
            {t(`settings.hostHelp.${reach}`)}
            {!isEncrypted && ` ${t("settings.notEncrypted")}`}
          </span>
        </p>
      )}
      {reach === "other" && <OtherHost host={host} onChange={onChange} />}
    </div>
  );
}

function OtherHost({ host, onChange }: OtherHostProps) {
  const t = useWords("server");
  return (
    <div className={styles.text}>
      <SavedField
        label={t("settings.otherHost")}
        saved={host}
        faultOf={(typed) => (isHost(typed.trim()) ? undefined : t("settings.badHost"))}
        onSave={(typed) => onChange(typed.trim())}
      />
    </div>
  );
}

function isHost(host: string): boolean {
  return serverChangeSchema.safeParse({ host }).success && !/[\s/]/.test(host);
}

function reachOf(host: string): Reach {
  if (host === HOSTS.own || host === "localhost") return "own";
  return isEverywhere(host) ? "everywhere" : "other";
}
