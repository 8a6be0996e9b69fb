import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { TokenCount } from "../../../engine/contract/generation.ts";
import { MAX_PROMPT } from "../../../engine/contract/request.ts";
import { useStudio } from "../../connection/studio.tsx";
import { classNames } from "../../ui/class-names.ts";
import { useDebounced } from "../../ui/use-debounced.ts";
import { formatCount } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import styles from "./prompt-field.module.css";

/** A prompt is counted this long after the last key press, milliseconds. */
const REST_MS = 200;

export interface PromptTokens {
  /** Index into the prompt from which the model ignores it; undefined if it uses all of it. */
  readonly cutAt: number | undefined;
  /** The number of tokens and the model's limit, for the head of the field; absent if nothing is sent. */
  readonly count: ReactNode;
  /** What is wrong with the prompt's length, if anything. */
  readonly note: string | undefined;
}

/**
 * How much of a prompt, or of a negative prompt, a model uses: `typed` is the field's text, `sent` what the model gets
 * for it. Only a text that is sent as typed has a known place from which the model ignores it.
 */
export function usePromptTokens(model: string, typed: string, sent: string): PromptTokens {
  const t = useWords("generate");
  const { tokens, isOf } = useTokens(model, sent);
  const ignoredFrom = isOf === sent.slice(0, MAX_PROMPT) ? tokens?.cutAt : undefined;
  const tooLong = useTooLongWords(typed);
  const cut = t(typed === sent ? "cut" : "cutSent", { limit: tokens?.limit });
  return {
    cutAt: typed === sent ? ignoredFrom : undefined,
    count: tokens && sent !== "" && <Count {...tokens} />,
    note: tooLong ?? (ignoredFrom === undefined ? undefined : cut),
  };
}

/** The note at a prompt with more characters than a request may have; undefined at others. */
function useTooLongWords({ length }: string): string | undefined {
  const t = useWords("generate");
  if (length <= MAX_PROMPT) return undefined;
  return t("tooLong", { length: formatCount(length), limit: formatCount(MAX_PROMPT) });
}

function Count({ count, limit }: TokenCount) {
  const t = useWords("generate");
  return (
    <span
      className={classNames(styles.count, count > limit && styles.over)}
      aria-label={t("tokensName", { count, limit })}
      role="img"
    >
      {t("tokens", { count, limit })}
    </span>
  );
}

/** Of a prompt over the limit, the beginning is counted: it already exceeds any model's tokens. */
function useTokens(model: string, prompt: string) {
  const { queries } = useStudio();
  const rested = useDebounced(prompt.slice(0, MAX_PROMPT), REST_MS);
  const tokens = useQuery({
    ...queries.generation.countTokens.queryOptions({ input: { model, prompt: rested } }),
    placeholderData: keepPreviousData,
    enabled: rested !== "",
    gcTime: 60_000,
  });
  return { tokens: tokens.data, isOf: tokens.isPlaceholderData ? undefined : rested };
}
