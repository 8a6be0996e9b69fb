import type { StudioClient } from "../../../engine/contract/studio-client.ts";
import type { Done } from "../../ui/toasts.ts";
import type { useWords } from "../../words/words.ts";
import { detailsOf, type LabelChange, type LabelKind, labelling, relabel } from "./marking.ts";

type Words = ReturnType<typeof useWords<"gallery">>;

/** The pictures whose tags or albums change, and what the change needs. */
export interface LabelScene {
  readonly kind: LabelKind;
  readonly ids: readonly string[];
  readonly client: StudioClient;
  readonly t: Words;
}

/** Adds tags or albums to pictures and removes others; the result says what was done, and how to undo it. */
export async function changeLabels(
  { kind, ids, client, t }: LabelScene,
  change: LabelChange,
): Promise<Done> {
  const images = await detailsOf(client, ids);
  const labelled = images.map((image) => ({ id: image.id, labels: image[kind] }));
  const undo = await relabel(labelling(client, kind), labelled, change);
  return { text: textOf(t, kind, change, images.length), undo };
}

/** Names the tag or the album, if only one was added or removed. */
function textOf(t: Words, kind: LabelKind, { add, remove }: LabelChange, count: number): string {
  const [name, ...others] = [...add, ...remove];
  if (name === undefined || others.length > 0) return t(`marks.${kind}Saved`, { count });
  return t(`marks.${kind}${add.length > 0 ? "Added" : "Removed"}`, { count, name });
}
