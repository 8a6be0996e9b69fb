import { useWords } from "../words/words.ts";

/** How other programs get pictures from this machine. */
export function ServerPage() {
  const t = useWords("server");
  return <h1>{t("title")}</h1>;
}
