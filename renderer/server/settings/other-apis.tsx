import type { Server } from "../../../engine/contract/server.ts";
import { Switch } from "../../ui/switch.tsx";
import { useWords } from "../../words/words.ts";
import type { ServerCommands } from "../use-server.ts";
import styles from "./settings-tab.module.css";

export interface OtherApisProps {
  readonly server: Server;
  readonly change: ServerCommands["change"];
}

/** The APIs it answers besides the inference protocols; each is off by default. */
export function OtherApis({ server, change }: OtherApisProps) {
  const t = useWords("server");
  const { origin, settings } = server;
  const { isOpenaiOn, isA1111On } = settings;
  return (
    <section className={styles.section} aria-label={t("settings.apis")}>
      <h2 className={styles.title}>{t("settings.apis")}</h2>
      <div className={styles.fields}>
        <Switch
          isSelected={isOpenaiOn}
          onChange={(isOn) => change({ isOpenaiOn: isOn })}
          description={t("settings.openaiHelp")}
        >
          {t("settings.openai")}
        </Switch>
        {isOpenaiOn && origin !== undefined && (
          <p className={styles.help}>{t("settings.openaiAt", { address: `${origin}/v1` })}</p>
        )}
        <Switch
          isSelected={isA1111On}
          onChange={(isOn) => change({ isA1111On: isOn })}
          description={t("settings.a1111Help")}
        >
          {t("settings.a1111")}
        </Switch>
      </div>
    </section>
  );
}
