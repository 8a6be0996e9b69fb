import { useWords } from "../words/words.ts";

/** The inference endpoints that this studio can draw on. */
export function EndpointsPage() {
  const t = useWords("endpoints");
  return <h1>{t("title")}</h1>;
}
