import { Bell } from "lucide-react";
import { useState } from "react";
import type { Settings } from "../../engine/contract/settings.ts";
import {
  askForNotifications,
  notificationAccess,
  sendNotification,
} from "../connection/notification.ts";
import { Button } from "../ui/button.tsx";
import { playChime } from "../ui/chime.ts";
import { Chips } from "../ui/chips.tsx";
import { NumberField } from "../ui/number-field.tsx";
import { Switch } from "../ui/switch.tsx";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import { Line } from "./line.tsx";
import styles from "./section.module.css";
import { Actions, Fact, Help, Section } from "./section.tsx";
import { useChange } from "./use-change.ts";

const CHOICES = ["off", "background", "always"] as const;
const DAY_SECONDS = 86_400;

/** How the end of a long run is announced. */
export function NoticesSection({ settings }: { settings: Settings }) {
  const t = useWords("settings");
  const change = useChange();
  const { notify, longRunSeconds, notifySound } = settings;
  return (
    <Section of="notices" kept="file">
      <Line id="notify">
        <WhenToNotify settings={settings} />
      </Line>
      <Line id="longRun">
        <div className={styles.short}>
          <NumberField
            label={t("notices.longRun")}
            value={longRunSeconds}
            onChange={(value) => change({ longRunSeconds: Math.round(value) })}
            minValue={1}
            maxValue={DAY_SECONDS}
            isDisabled={!notify}
          />
        </div>
        {!notify && <Help>{t("notices.isOff")}</Help>}
      </Line>
      <Line id="sound">
        <Switch
          isSelected={notifySound}
          onChange={(isSelected) => {
            change({ notifySound: isSelected });
            if (isSelected) attempt(playChime());
          }}
          isDisabled={!notify}
        >
          {t("notices.sound")}
        </Switch>
        {!notify && <Help>{t("notices.isOff")}</Help>}
      </Line>
    </Section>
  );
}

/** Never, while the page is in the background, or always; and whether this browser allows it. */
function WhenToNotify({ settings: { notify, notifyWhen } }: { settings: Settings }) {
  const t = useWords("settings");
  const change = useChange();
  const [access, setAccess] = useState(notificationAccess);
  const ask = async () => setAccess(await askForNotifications());
  const choose = (choice: (typeof CHOICES)[number]) => {
    change(choice === "off" ? { notify: false } : { notify: true, notifyWhen: choice });
    if (choice !== "off") attempt(ask());
  };
  return (
    <>
      <Fact name={t("notices.notify")}>
        <Chips
          label={t("notices.notify")}
          isSegmented
          value={notify ? notifyWhen : "off"}
          onChange={choose}
          chips={CHOICES.map((value) => ({ value, label: t(`notices.${value}`) }))}
        />
      </Fact>
      {notify && access !== "granted" && <Help>{t(`notices.access.${access}`)}</Help>}
      {notify && access === "default" && (
        <Actions>
          <Button icon={Bell} onPress={() => attempt(ask())}>
            {t("notices.allow")}
          </Button>
        </Actions>
      )}
      {notify && access === "granted" && (
        <Actions>
          <Button icon={Bell} onPress={() => sendNotification("Darkroom", t("notices.tried"))}>
            {t("notices.tryOut")}
          </Button>
        </Actions>
      )}
    </>
  );
}
