import { applyStyles, type Style, type StyledPrompts } from "../../../engine/contract/styles.ts";
import { useForm } from "../../state/form.ts";
import { useStyles } from "../styles/use-styles.ts";
import { MAX_COUNT } from "./reasons.ts";
import { expandPrompts } from "./wildcards.ts";

/** The form's prompts as a model gets them: of the prompt's alternatives the longest, with the chosen styles. */
export function useSentPrompts(): StyledPrompts {
  const prompt = useForm((form) => form.prompt);
  const negativePrompt = useForm((form) => form.negativePrompt);
  const names = useForm((form) => form.styles);
  const all = useStyles();
  const styles = names.flatMap((name) => all.find((style) => style.name === name) ?? []);
  return sentPrompts({ prompt, negativePrompt }, styles);
}

export function sentPrompts(
  { prompt, negativePrompt }: StyledPrompts,
  styles: readonly Pick<Style, "prompt" | "negativePrompt">[],
): StyledPrompts {
  const expanded = expandPrompts(prompt, MAX_COUNT);
  const longest = expanded.reduce((a, b) => (b.length > a.length ? b : a), "");
  const typed = { prompt: longest, negativePrompt };
  try {
    return applyStyles(typed, styles);
  } catch {
    // Too long with its styles: the studio will refuse it.
    return typed;
  }
}
