import type { StudioEvent } from "../contract/events.ts";
import type { FromHost } from "../contract/host-pipe.ts";
import type { StudioClient } from "../contract/studio-client.ts";

type News = Extract<FromHost, { kind: "activity" | "choices" }>;

/** Events that can change what the desktop shows. */
const TELLING: ReadonlySet<StudioEvent["type"]> = new Set([
  "reset",
  "queue-changed",
  "generations-changed",
  "generations-removed",
  "transfers-changed",
  "transfers-removed",
  "settings-changed",
]);

export interface Following {
  readonly tell: (news: News) => void;
  readonly logError: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/**
 * Follows the studio and tells the desktop what it needs: open work, and the settings that the shell uses. What cannot
 * be read now is sent with the next event. Never rejects.
 */
export async function followForDesktop(
  studio: StudioClient,
  { tell, logError, signal }: Following,
): Promise<void> {
  let told: readonly string[] = [];
  try {
    for await (const { type } of await studio.events.subscribe(undefined, { signal })) {
      if (!TELLING.has(type)) continue;
      const news = await newsOf(studio).catch((error: unknown) => {
        logError(error);
      });
      if (news === undefined) continue;
      const texts = news.map((one) => JSON.stringify(one));
      const fresh = news.filter((_, i) => texts[i] !== told[i]);
      fresh.forEach(tell);
      told = texts;
    }
  } catch (error) {
    if (!signal.aborted) logError(error);
  }
}

async function newsOf(studio: StudioClient): Promise<News[]> {
  const [queue, transfers, { keepInTray }] = await Promise.all([
    studio.queue.get(),
    studio.transfers.list(),
    studio.settings.get(),
  ]);
  // A paused queue must not keep the machine awake.
  const open = queue.generations.filter(
    ({ state }) => state === "running" || (state === "waiting" && !queue.isPaused),
  );
  const running = transfers.filter(({ state }) => state === "waiting" || state === "running");
  return [
    { kind: "activity", openCount: open.length, transferCount: running.length },
    { kind: "choices", keepInTray },
  ];
}
