import { useQuery } from "@tanstack/react-query";
import type { Settings } from "../../engine/contract/settings.ts";
import { desktop } from "../connection/desktop.ts";
import { useStudio } from "../connection/studio.tsx";
import { Failed, Skeleton } from "../ui/async-states.tsx";
import { Switch } from "../ui/switch.tsx";
import { useWords } from "../words/words.ts";
import { AboutSection } from "./about-section.tsx";
import { AppearanceSection } from "./appearance-section.tsx";
import { DrawingSection } from "./drawing-section.tsx";
import { HubSection } from "./hub-section.tsx";
import { PicturesSection } from "./pictures-section.tsx";
import { Section } from "./section.tsx";
import { TinyDecoderSection } from "./tiny-decoder-section.tsx";
import styles from "./settings-page.module.css";
import { useChange } from "./use-change.ts";

/** What a person can choose, in one column. */
export function SettingsPage() {
  const t = useWords("settings");
  const { queries } = useStudio();
  const { data: settings, error, refetch } = useQuery(queries.settings.get.queryOptions());
  return (
    <div className={styles.page}>
      <div className={styles.column}>
        <h1 className={styles.title}>{t("title")}</h1>
        {error && <Failed title={t("failed")} error={error} onRetry={() => void refetch()} />}
        {settings === undefined && !error && <Skeleton className={styles.skeleton} />}
        {settings && (
          <>
            <AppearanceSection settings={settings} />
            <DrawingSection settings={settings} />
            <TinyDecoderSection settings={settings} />
            <PicturesSection settings={settings} />
            <HubSection settings={settings} />
            {desktop && <DesktopSection settings={settings} />}
            <AboutSection />
          </>
        )}
      </div>
    </div>
  );
}

/** What only a window on the desktop has. */
function DesktopSection({ settings: { keepInTray, notify } }: { settings: Settings }) {
  const t = useWords("settings");
  const change = useChange();
  return (
    <Section title={t("desktop.title")}>
      <Switch
        isSelected={keepInTray}
        onChange={(isSelected) => change({ keepInTray: isSelected })}
        description={t("desktop.keepInTrayHelp")}
      >
        {t("desktop.keepInTray")}
      </Switch>
      <Switch
        isSelected={notify}
        onChange={(isSelected) => change({ notify: isSelected })}
        description={t("desktop.notifyHelp")}
      >
        {t("desktop.notify")}
      </Switch>
    </Section>
  );
}
