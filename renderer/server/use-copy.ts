import { attempt, showToast } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";

/** Copies text to the clipboard and confirms it. */
export function useCopy(): (text: string) => void {
  const t = useWords("server");
  const copy = async (text: string) => {
    await navigator.clipboard.writeText(text);
    showToast(t("copied"));
  };
  return (text) => attempt(copy(text));
}
