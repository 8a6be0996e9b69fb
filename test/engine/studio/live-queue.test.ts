import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { StudioEvent } from "../../../engine/contract/events.ts";
import { EventLog } from "../../../engine/studio/event-log.ts";
import { LiveQueue } from "../../../engine/studio/live-queue.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { order } from "../queue/orders.ts";

/** A log that only records. */
class HeardEvents extends EventLog {
  readonly heard: StudioEvent[] = [];

  override publish(event: StudioEvent): void {
    this.heard.push(event);
  }
}

function open(): { live: LiveQueue; heard: StudioEvent[] } {
  const events = new HeardEvents(0);
  const live = new LiveQueue(join(temporaryFolder(), "queue.sqlite"), events, {});
  onTestFinished(() => live.queue.close());
  return { live, heard: events.heard };
}

/** An event in a few words. */
function inWords(event: StudioEvent): string {
  if (event.type === "generations-changed") {
    return event.generations.map(({ order: { seed }, state }) => `${seed} ${state}`).join(", ");
  }
  if (event.type === "queue-changed") {
    return `${event.openIds.length} open${event.isPaused ? ", paused" : ""}`;
  }
  return event.type === "generations-removed" ? `${event.ids.length} removed` : event.type;
}

test("every change is an event, the order only when it changed", () => {
  const { live, heard } = open();
  const [first] = live.queue.add([order(1), order(2)]);
  live.queue.startNext();
  live.queue.end(first!, { state: "done", imageId: "picture" });
  live.queue.prune();
  live.queue.setPaused(true);
  expect(heard.map(inWords)).toEqual([
    "1 waiting, 2 waiting",
    "2 open",
    "1 running",
    "1 done",
    "1 open",
    "1 removed",
    "1 open, paused",
  ]);
});

test("a running one contains its progress, everywhere, and no longer than that", () => {
  const { live, heard } = open();
  const [id] = live.queue.add([order(1)]) as [string];
  live.queue.startNext();
  const progress = { stage: "denoising", step: 1, steps: 2 } as const;
  live.report(id, progress);
  expect([live.get(id).progress, live.list()[0]?.progress]).toEqual([progress, progress]);
  expect(heard.at(-1)).toEqual({ type: "progress", generationId: id, progress });
  live.queue.end(id, { state: "cancelled" });
  expect(live.get(id).progress).toBeUndefined();
});
