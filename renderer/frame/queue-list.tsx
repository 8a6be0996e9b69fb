import { GripVertical, ListX, Pause, Play } from "lucide-react";
import { useMemo } from "react";
import {
  Button as AriaButton,
  GridList,
  GridListItem,
  useDragAndDrop,
} from "react-aria-components";
import type { Generation } from "../../engine/contract/generation.ts";
import { useStudio } from "../connection/studio.tsx";
import { isOpen, useQueue } from "../state/queue.ts";
import { Button } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { Icon } from "../ui/icon.tsx";
import { attempt } from "../ui/toasts.ts";
import { Tooltip } from "../ui/tooltip.tsx";
import { useWords } from "../words/words.ts";
import styles from "./queue-list.module.css";
import { QueueRow } from "./queue-row.tsx";

/** Number of finished generations shown here; the session strip has all. */
const SHOWN_ENDED = 5;

/** The waiting generations, which can be reordered, and those that recently finished without a picture. */
export function QueueList() {
  const t = useWords("frame");
  const { byId, openIds } = useQueue();
  const open = openIds.flatMap((id) => byId[id] ?? []);
  const ended = useMemo(() => endedWithout(Object.values(byId)), [byId]);
  return (
    <div className={styles.queue}>
      <QueueTools
        hasWaiting={open.some(({ state }) => state === "waiting")}
        hasEnded={Object.keys(byId).length > open.length}
      />
      {open.length === 0 ? (
        <p className={styles.empty}>{t("queue.empty")}</p>
      ) : (
        <OpenList open={open} />
      )}
      {ended.length > 0 && (
        <section>
          <h3 className={styles.heading}>{t("queue.ended")}</h3>
          <ul>
            {ended.map((generation) => (
              <li key={generation.id} className={styles.row}>
                <QueueRow generation={generation} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function endedWithout(all: readonly Generation[]): readonly Generation[] {
  return all
    .filter((generation) => !isOpen(generation) && generation.state !== "done")
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
    .slice(0, SHOWN_ENDED);
}

function QueueTools({ hasWaiting, hasEnded }: { hasWaiting: boolean; hasEnded: boolean }) {
  const t = useWords("frame");
  const { client } = useStudio();
  const isPaused = useQueue((queue) => queue.isPaused);
  const toggle = () => attempt(isPaused ? client.queue.resume() : client.queue.pause());
  return (
    <header className={styles.head}>
      <h2 className={styles.title}>{t("queue.title")}</h2>
      <Tooltip text={t("queue.pauseHint")}>
        <Button size="dense" icon={isPaused ? Play : Pause} onPress={toggle}>
          {isPaused ? t("queue.resume") : t("queue.pause")}
        </Button>
      </Tooltip>
      <Button
        size="dense"
        icon={ListX}
        isDisabled={!hasWaiting}
        reason={hasWaiting ? undefined : t("queue.noneWaiting")}
        onPress={() => attempt(client.generation.cancelOthers())}
      >
        {t("queue.cancelWaiting")}
      </Button>
      <Button
        size="dense"
        isDisabled={!hasEnded}
        reason={hasEnded ? undefined : t("queue.noneEnded")}
        onPress={() => attempt(client.generation.prune({}))}
      >
        {t("queue.prune")}
      </Button>
    </header>
  );
}

/** Rows move by dragging, or by keyboard: Enter on the handle, arrow keys, Enter. */
function OpenList({ open }: { open: readonly Generation[] }) {
  const t = useWords("frame");
  const { client } = useStudio();
  const { dragAndDropHooks } = useDragAndDrop({
    getItems: (keys) => [...keys].map((key) => ({ "text/plain": String(key) })),
    onReorder: ({ keys, target }) => {
      const index = open.findIndex(({ id }) => id === target.key);
      const before = open[target.dropPosition === "before" ? index : index + 1]?.id ?? null;
      for (const key of keys) attempt(client.generation.move({ id: String(key), before }));
    },
  });
  return (
    <GridList
      aria-label={t("queue.list")}
      items={open.map((generation) => ({ ...generation }))}
      dragAndDropHooks={dragAndDropHooks}
      className={styles.list ?? ""}
    >
      {(generation) => (
        <GridListItem
          textValue={generation.order.prompt}
          className={classNames(styles.row, styles.movable)}
        >
          <AriaButton
            slot="drag"
            className={styles.handle ?? ""}
            aria-label={t("queue.moveOne", { prompt: generation.order.prompt })}
          >
            <Icon of={GripVertical} />
          </AriaButton>
          <QueueRow generation={generation} />
        </GridListItem>
      )}
    </GridList>
  );
}
