import { type KeyboardEvent, type Ref, useRef } from "react";
import { changeForm, useForm } from "../../state/form.ts";
import { useView } from "../../state/view.ts";
import { useWords } from "../../words/words.ts";
import { useSentPrompts } from "../press/sent-prompts.ts";
import { MarkedText } from "./marked-text.tsx";
import { PromptHistory } from "./prompt-history.tsx";
import styles from "./prompt-field.module.css";
import { usePromptTokens } from "./prompt-tokens.tsx";

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
  const { cutAt, count, note } = usePromptTokens(model, prompt, useSentPrompts().prompt);
  const recall = useHistory();
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
          {count}
          <PromptHistory />
        </span>
      }
      note={note}
    />
  );
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
