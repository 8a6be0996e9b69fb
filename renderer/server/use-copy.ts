import { attempt, showToast } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";

/** Puts text on the clipboard, and says so. */
export function useCopy(): (text: string) => void {
  const t = useWords("server");
  const copy = async (text: string) => {
    await navigator.clipboard.writeText(text);
    showToast(t("copied"));
  };
  return (text) => attempt(copy(text));
}
