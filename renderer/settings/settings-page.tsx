import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import type { Settings } from "../../engine/contract/settings.ts";
import { desktop } from "../connection/desktop.ts";
import { useStudio } from "../connection/studio.tsx";
import { forgetCommands } from "../state/recent-commands.ts";
import { forgetPrompts, resetLayout } from "../state/view.ts";
import { Empty, Failed, Skeleton } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { SearchField } from "../ui/search-field.tsx";
import { Switch } from "../ui/switch.tsx";
import { showToast } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import { AboutSection } from "./about-section.tsx";
import { AppearanceSection } from "./appearance-section.tsx";
import { DrawingSection } from "./drawing-section.tsx";
import { HubSection } from "./hub-section.tsx";
import { PicturesSection } from "./pictures-section.tsx";
import { Line } from "./line.tsx";
import { NoticesSection } from "./notices-section.tsx";
import { Fact, Section } from "./section.tsx";
import { StorageSection } from "./storage-section.tsx";
import { useFoundLines, useSettingsAddress } from "./settings-address.ts";
import { TinyDecoderSection } from "./tiny-decoder-section.tsx";
import styles from "./settings-page.module.css";
import { useChange } from "./use-change.ts";

/** All settings, in one column. */
export function SettingsPage() {
  const t = useWords("settings");
  const { queries } = useStudio();
  const { data: settings, error, refetch } = useQuery(queries.settings.get.queryOptions());
  const { search, ask } = useSettingsAddress();
  const field = useRef<HTMLInputElement>(null);
  const showAll = () => {
    ask("");
    field.current?.focus();
  };
  return (
    <div className={styles.page}>
      <div className={styles.column}>
        <header className={styles.head}>
          <h1 className={styles.title}>{t("title")}</h1>
          <div className={styles.search}>
            <SearchField
              label={t("search")}
              placeholder={t("search")}
              value={search}
              onChange={ask}
              inputRef={field}
            />
          </div>
        </header>
        {error && <Failed title={t("failed")} error={error} onRetry={() => void refetch()} />}
        {settings === undefined && !error && <Skeleton className={styles.skeleton} />}
        {settings && <Sections settings={settings} onShowAll={showAll} />}
      </div>
    </div>
  );
}

interface SectionsProps {
  readonly settings: Settings;
  /** Clears a search that found nothing. */
  readonly onShowAll: () => void;
}

function Sections({ settings, onShowAll }: SectionsProps) {
  const t = useWords("settings");
  const { search } = useSettingsAddress();
  const found = useFoundLines(search);
  if (found.size === 0)
    return (
      <Empty title={t("noneFound", { search })}>
        <Button onPress={onShowAll}>{t("showAll")}</Button>
      </Empty>
    );
  return (
    <>
      <AppearanceSection settings={settings} />
      <DrawingSection settings={settings} />
      <TinyDecoderSection settings={settings} />
      <PicturesSection settings={settings} />
      <StorageSection />
      <HubSection settings={settings} />
      <NoticesSection settings={settings} />
      {desktop && <DesktopSection settings={settings} />}
      <BrowserSection />
      {search === "" && <AboutSection />}
    </>
  );
}

/** Settings of the desktop window only. */
function DesktopSection({ settings: { keepInTray } }: { settings: Settings }) {
  const t = useWords("settings");
  const change = useChange();
  return (
    <Section of="desktop" kept="file">
      <Line id="keepInTray">
        <Switch
          isSelected={keepInTray}
          onChange={(isSelected) => change({ keepInTray: isSelected })}
        >
          {t("desktop.keepInTray")}
        </Switch>
      </Line>
    </Section>
  );
}

/** What only this browser remembers. */
function BrowserSection() {
  const t = useWords("settings");
  const clear = () => {
    forgetCommands();
    forgetPrompts();
    showToast(t("browser.cleared"));
  };
  const reset = () => {
    resetLayout();
    showToast(t("browser.wasReset"));
  };
  return (
    <Section of="browser" kept="browser">
      <Line id="remembered" kept="browser">
        <Fact name={t("lines.remembered.name")}>
          <Button onPress={clear}>{t("browser.clear")}</Button>
        </Fact>
      </Line>
      <Line id="layout" kept="browser">
        <Fact name={t("lines.layout.name")}>
          <Button onPress={reset}>{t("browser.reset")}</Button>
        </Fact>
      </Line>
    </Section>
  );
}
