import { LOCAL_TARGET } from "../../../engine/contract/generation.ts";
import { MAX_PROMPT } from "../../../engine/contract/request.ts";
import { useConnection } from "../../state/connection.ts";
import { useForm } from "../../state/form.ts";
import { formatCount } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import type { ChosenModel } from "../chosen-model.ts";
import { useChosenTarget } from "../chosen-target.ts";
import { isSeed } from "./wanted.ts";
import { countPrompts } from "./wildcards.ts";

/** Maximum number of pictures of one press. */
export const MAX_COUNT = 100;

/** Why Generate is disabled. */
export interface Reason {
  readonly words: string;
  /** The page where the user can fix it. */
  readonly page?: "models" | "endpoints";
}

/** All reasons why the next picture cannot be requested; empty if there are none. */
export function useReasons(model: ChosenModel): readonly Reason[] {
  const t = useWords("generate");
  const isLive = useConnection(({ state }) => state === "live");
  const isPromptEmpty = useForm(
    ({ prompt, initImage, styles }) => prompt.trim() === "" && !initImage && styles.length === 0,
  );
  const isTooLong = useForm(
    ({ prompt, negativePrompt }) => Math.max(prompt.length, negativePrompt.length) > MAX_PROMPT,
  );
  const total = useForm(({ prompt, count }) => countPrompts(prompt) * count);
  const isSeedSound = useForm(({ seed }) => isSeed(seed));
  const ofModel = useModelReason(model);
  const ofTarget = useTargetReasons();
  const isRemote = useForm(({ target }) => target !== LOCAL_TARGET);
  return [
    ...(isLive ? [] : [{ words: t("press.reasons.connection") }]),
    ...(ofModel && !isRemote ? [ofModel] : []),
    ...ofTarget,
    ...(isPromptEmpty ? [{ words: t("press.reasons.prompt") }] : []),
    ...(isTooLong ? [{ words: t("press.reasons.long", { limit: MAX_PROMPT }) }] : []),
    ...(total > MAX_COUNT
      ? [{ words: t("press.reasons.many", { limit: MAX_COUNT, total: formatCount(total) }) }]
      : []),
    ...(isSeedSound ? [] : [{ words: t("press.reasons.seed") }]),
  ];
}

/** Reasons why an endpoint cannot be used. */
function useTargetReasons(): readonly Reason[] {
  const t = useWords("generate");
  const { isRemote, endpoint, all } = useChosenTarget();
  const hasStart = useForm(({ initImage }) => initImage !== undefined);
  if (!isRemote) return [];
  const isGone = all !== undefined && endpoint === undefined;
  return [
    ...(isGone ? [{ words: t("press.reasons.endpoint"), page: "endpoints" } as const] : []),
    ...(all === undefined ? [{ words: t("press.reasons.endpoints") }] : []),
    ...(hasStart ? [{ words: t("press.reasons.start") }] : []),
  ];
}

function useModelReason({ id, all, stored }: ChosenModel): Reason | undefined {
  const t = useWords("generate");
  if (all === undefined) return { words: t("press.reasons.models") };
  if (stored === undefined)
    return { words: t("press.reasons.model", { model: id }), page: "models" };
  if (stored.problem) return { words: t("press.reasons.broken", { model: id }), page: "models" };
  return undefined;
}
