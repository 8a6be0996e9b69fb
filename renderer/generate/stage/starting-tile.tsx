import { Bell, CircleX, Hourglass } from "lucide-react";
import { useState } from "react";
import type { Generation } from "../../../engine/contract/generation.ts";
import type { Starting } from "../../../engine/contract/progress.ts";
import { askForNotifications, notificationAccess } from "../../connection/notification.ts";
import { useStudio } from "../../connection/studio.tsx";
import { StartTimeline } from "../../picture/start-timeline.tsx";
import { useTargetName } from "../../picture/targets.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import styles from "./failure-tile.module.css";

/** Shown in place of the picture while its endpoint is starting, which is not a failure. */
export function StartingTile({
  generation: { id, target },
  starting,
}: {
  generation: Generation;
  starting: Starting;
}) {
  const t = useWords("generate");
  const { client } = useStudio();
  const nameOf = useTargetName();
  return (
    <div className={styles.tile}>
      <div className={styles.words}>
        <p className={styles.title} role="status">
          <span className={styles.quiet}>
            <Icon of={Hourglass} size={20} />
          </span>
          {t("startup.title", { name: nameOf(target) })}
        </p>
        <StartTimeline starting={starting} />
        <p className={styles.reason}>{t("startup.nothingSent")}</p>
        <div className={styles.steps}>
          <Button icon={CircleX} onPress={() => attempt(client.generation.cancel({ ids: [id] }))}>
            {t("startup.cancel")}
          </Button>
          <NotifyButton />
        </div>
      </div>
    </div>
  );
}

/** In a browser, notifications need permission first; the desktop has a setting for them. */
function NotifyButton() {
  const t = useWords("generate");
  const [access, setAccess] = useState(notificationAccess);
  if (access !== "default") return null;
  const ask = async () => setAccess(await askForNotifications());
  return (
    <Button icon={Bell} onPress={() => attempt(ask())}>
      {t("startup.notify")}
    </Button>
  );
}
