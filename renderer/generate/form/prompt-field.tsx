import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type Ref, useRef } from "react";
import type { TokenCount } from "../../../engine/contract/generation.ts";
import { MAX_PROMPT } from "../../../engine/contract/request.ts";
import { useStudio } from "../../connection/studio.tsx";
import { changeForm, useForm } from "../../state/form.ts";
import { useView } from "../../state/view.ts";
import { classNames } from "../../ui/class-names.ts";
import { useDebounced } from "../../ui/use-debounced.ts";
import { formatCount } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { MarkedText } from "./marked-text.tsx";
import { PromptHistory } from "./prompt-history.tsx";
import styles from "./prompt-field.module.css";

const REST_MS = 200;

/** The prompt with its number of tokens; the part that the model ignores is underlined. */
export function PromptField({
  model,
  inputRef,
}: {
  model: string;
  inputRef: Ref<HTMLTextAreaElement>;
}) {
  const t = useWords("generate");
  const prompt = useForm((form) => form.prompt);
  const { tokens, isOf } = useTokens(model, prompt);
  const cutAt = isOf === prompt.slice(0, MAX_PROMPT) ? tokens?.cutAt : undefined;
  const recall = useHistory();
  const tooLong = useTooLongWords(prompt);
  return (
    <MarkedText
      label={t("prompt")}
      placeholder={t("promptPlaceholder")}
      value={prompt}
      rows={4}
      markFrom={cutAt}
      inputRef={inputRef}
      onChange={(value) => changeForm({ prompt: value })}
      onKeyDown={recall}
      aside={
        <span className={styles.aside}>
          {tokens && prompt !== "" && <Count {...tokens} />}
          <PromptHistory />
        </span>
      }
      note={tooLong ?? (cutAt === undefined ? undefined : t("cut", { limit: tokens?.limit }))}
    />
  );
}

/** The note at a prompt with more characters than a request may have; undefined at others. */
export function useTooLongWords({ length }: string): string | undefined {
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

/** Alt+Up and Alt+Down go through the prompt history; it starts at the text being typed. */
function useHistory() {
  const place = useRef({ at: -1, typed: "" });
  return (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    const { prompts } = useView.getState();
    const { prompt } = useForm.getState();
    const here = place.current;
    if (here.at >= 0 && prompts[here.at] !== prompt) here.at = -1;
    if (here.at === -1) here.typed = prompt;
    const next = here.at + (event.key === "ArrowUp" ? 1 : -1);
    if (next < -1 || next >= prompts.length) return;
    here.at = next;
    changeForm({ prompt: prompts[next] ?? here.typed });
  };
}
