import type { Settings } from "../../engine/contract/settings.ts";
import { Switch } from "../ui/switch.tsx";
import { useWords } from "../words/words.ts";
import { Section } from "./section.tsx";
import { useChange } from "./use-change.ts";

/** What only a window on the desktop has. */
export function DesktopSection({ settings: { keepInTray, notify } }: { settings: Settings }) {
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
