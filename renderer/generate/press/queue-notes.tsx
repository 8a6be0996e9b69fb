import { Layers2, Play, RadioTower } from "lucide-react";
import { LOCAL_TARGET } from "../../../engine/contract/generation.ts";
import { useStudio } from "../../connection/studio.tsx";
import { CANCEL_PRESS } from "../../picture/cancel-generations.ts";
import { useEndpoints } from "../../picture/targets.ts";
import { useRegisteredActions } from "../../shortcuts/registry.ts";
import { changeForm, useForm } from "../../state/form.ts";
import { useProgress } from "../../state/progress.ts";
import { useQueue } from "../../state/queue.ts";
import { useOpenPress } from "../../state/selection.ts";
import { secondsLeftAt } from "../../state/time-left.ts";
import { Button } from "../../ui/button.tsx";
import { attempt } from "../../ui/toasts.ts";
import { Tooltip } from "../../ui/tooltip.tsx";
import { formatAbout } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { offerFor } from "../overflow.ts";
import styles from "./press.module.css";

/** Notes about the queue: that it is paused, what is left of a press, or that another target would be faster. */
export function QueueNotes() {
  return (
    <>
      <PausedQueue />
      <OpenPress />
      <OverflowOffer />
    </>
  );
}

/** Says that a paused queue draws nothing, and offers to resume it. */
function PausedQueue() {
  const t = useWords("generate");
  const { client } = useStudio();
  const isPaused = useQueue((queue) => queue.isPaused);
  if (!isPaused) return null;
  return (
    <div className={styles.paused} role="status">
      <span>{t("press.paused")}</span>
      <Button size="dense" icon={Play} onPress={() => attempt(client.queue.resume())}>
        {t("press.resume")}
      </Button>
    </div>
  );
}

/** How many pictures of a press are left, and a button that cancels all of them; Cancel ends one. */
function OpenPress() {
  const t = useWords("generate");
  const { length: count } = useOpenPress();
  const cancel = useRegisteredActions().find(({ id }) => id === CANCEL_PRESS);
  if (count < 2 || cancel === undefined) return null;
  return (
    <div className={styles.paused}>
      <span role="status">{t("press.left", { count })}</span>
      <Tooltip text={cancel.label} keys={cancel.keys}>
        <Button size="dense" icon={Layers2} onPress={() => cancel.run()}>
          {t("press.cancelAll", { count })}
        </Button>
      </Tooltip>
    </div>
  );
}

/** Offers a target that would finish the next picture before this machine has emptied its queue. */
function OverflowOffer() {
  const t = useWords("generate");
  const target = useForm((form) => form.target);
  const all = useEndpoints() ?? [];
  const hasStart = useForm((form) => form.initImage !== undefined);
  const queue = useQueue();
  const running = useProgress();
  if (target !== LOCAL_TARGET || hasStart || all.length === 0) return null;
  const leftAt = (at: string) => secondsLeftAt(at, queue, running);
  const offer = offerFor(leftAt(LOCAL_TARGET), all, leftAt);
  if (offer === undefined) return null;
  const { endpoint, waitSeconds, readySeconds } = offer;
  const [wait, time] = [formatAbout(waitSeconds), formatAbout(readySeconds)];
  return (
    <div className={styles.paused} role="status">
      <span>{t("press.busy", { wait, time, name: endpoint.name })}</span>
      <Button size="dense" icon={RadioTower} onPress={() => changeForm({ target: endpoint.id })}>
        {t("press.runThere", { name: endpoint.name })}
      </Button>
    </div>
  );
}
