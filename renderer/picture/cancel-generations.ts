import type { Studio } from "../connection/studio.tsx";
import { attempt, showUndo } from "../ui/toasts.ts";
import type { useWords } from "../words/words.ts";

/** The registered action that cancels what is left of the press being drawn. */
export const CANCEL_PRESS = "queue.cancel-press";

/** Cancels several generations at once, and offers to queue them again. */
export async function cancelGenerations(
  { client }: Pick<Studio, "client">,
  ids: readonly string[],
  t: ReturnType<typeof useWords<"frame">>,
): Promise<void> {
  await client.generation.cancel({ ids: [...ids] });
  showUndo(t("queue.cleared", { count: ids.length }), {
    label: t("queue.restore"),
    run: () => attempt(client.generation.retry({ ids: [...ids] })),
  });
}
