import { ListOrdered, Pause } from "lucide-react";
import { useProgress } from "../state/progress.ts";
import { useQueue } from "../state/queue.ts";
import { positionIn, secondsLeftIn } from "../state/time-left.ts";
import { Popover } from "../ui/popover.tsx";
import { useEachSecond } from "../ui/use-each-second.ts";
import { formatClock } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import { Chip } from "./chip.tsx";
import { QueueList } from "./queue-list.tsx";

/** The state of the queue; pressing it shows the content. */
export function QueueChip({
  isOpen,
  onOpenChange,
}: {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}) {
  const t = useWords("frame");
  const words = useQueueWords();
  const isPaused = useQueue((queue) => queue.isPaused);
  return (
    <Popover
      label={t("queue.title")}
      placement="top"
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      trigger={<Chip icon={isPaused ? Pause : ListOrdered}>{words}</Chip>}
    >
      <QueueList />
    </Popover>
  );
}

function useQueueWords(): string {
  const t = useWords("frame");
  const queue = useQueue();
  const progress = useProgress();
  const left = useEachSecond(secondsLeftIn(queue, progress));
  const place = positionIn(queue);
  if (queue.isPaused) return t("queue.paused");
  if (place === undefined) return t("queue.idle");
  const position = t("queue.position", { ...place });
  return left === undefined
    ? position
    : `${position} · ${t("queue.left", { time: formatClock(left) })}`;
}
