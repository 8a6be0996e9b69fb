import { useConnection } from "../state/connection.ts";
import { useForm } from "../state/form.ts";
import { useWords } from "../words/words.ts";
import type { ChosenModel } from "./chosen-model.ts";
import { isSeed } from "./wanted.ts";

/** Why Generate is off. */
export interface Reason {
  readonly words: string;
  /** Whether the next step is on the Models page. */
  readonly isModel?: boolean;
}

/** Everything that keeps the next picture from being asked for; empty when nothing does. */
export function useReasons(model: ChosenModel): readonly Reason[] {
  const t = useWords("generate");
  const isLive = useConnection(({ state }) => state === "live");
  const isPromptEmpty = useForm(({ prompt, initImage }) => prompt.trim() === "" && !initImage);
  const isSeedSound = useForm(({ seed }) => isSeed(seed));
  const ofModel = useModelReason(model);
  return [
    ...(isLive ? [] : [{ words: t("press.reasons.connection") }]),
    ...(ofModel ? [ofModel] : []),
    ...(isPromptEmpty ? [{ words: t("press.reasons.prompt") }] : []),
    ...(isSeedSound ? [] : [{ words: t("press.reasons.seed") }]),
  ];
}

function useModelReason({ id, all, stored }: ChosenModel): Reason | undefined {
  const t = useWords("generate");
  if (all === undefined) return { words: t("press.reasons.models") };
  if (stored === undefined)
    return { words: t("press.reasons.model", { model: id }), isModel: true };
  if (stored.problem) return { words: t("press.reasons.broken", { model: id }), isModel: true };
  return undefined;
}
