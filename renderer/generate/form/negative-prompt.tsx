import { Minus, Plus } from "lucide-react";
import { changeForm, useForm } from "../../state/form.ts";
import { useView } from "../../state/view.ts";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { useWords } from "../../words/words.ts";
import { useChosenTarget } from "../chosen-target.ts";
import { useSentPrompts } from "../press/sent-prompts.ts";
import { useUnreadWords } from "./ignorable.tsx";
import { MarkedText } from "./marked-text.tsx";
import styles from "./prompt-field.module.css";
import { usePromptTokens } from "./prompt-tokens.tsx";

function setOpen(isNegativePromptOpen: boolean): void {
  useView.setState({ isNegativePromptOpen });
}

function remove(): void {
  changeForm({ negativePrompt: "" });
  setOpen(false);
}

function useIsOpen(): boolean {
  const hasWords = useForm(({ negativePrompt }) => negativePrompt !== "");
  const isOpen = useView(({ isNegativePromptOpen }) => isNegativePromptOpen);
  return isOpen || hasWords;
}

/** The negative prompt with its number of tokens, hidden until the user adds it. */
export function NegativePrompt({ model }: { model: string }) {
  const t = useWords("generate");
  const value = useForm(({ negativePrompt }) => negativePrompt);
  const isIgnored = useChosenTarget().ignored.has("negativePrompt");
  const unread = useUnreadWords("negativePrompt");
  const sent = useSentPrompts().negativePrompt;
  const { cutAt, count, note } = usePromptTokens(model, value, sent);
  if (!useIsOpen()) return null;
  return (
    <MarkedText
      isDisabled={isIgnored}
      markFrom={cutAt}
      note={note ?? unread}
      label={t("negativePrompt")}
      placeholder={t("negativePlaceholder")}
      value={value}
      rows={2}
      onChange={(negativePrompt) => changeForm({ negativePrompt })}
      aside={
        <span className={styles.aside}>
          {count}
          <IconButton icon={Minus} size="dense" label={t("removeNegative")} onPress={remove} />
        </span>
      }
    />
  );
}

/** The button that shows the negative prompt. */
export function AddNegativePrompt() {
  const t = useWords("generate");
  const isIgnored = useChosenTarget().ignored.has("negativePrompt");
  const unread = useUnreadWords("negativePrompt");
  if (useIsOpen()) return null;
  return (
    <Button
      variant="plain"
      size="dense"
      icon={Plus}
      isDisabled={isIgnored}
      reason={isIgnored ? unread : undefined}
      onPress={() => setOpen(true)}
    >
      {t("addNegative")}
    </Button>
  );
}
