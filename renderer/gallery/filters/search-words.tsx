import { memo, type Ref, useEffect, useRef, useState } from "react";
import type { GalleryQuery } from "../../../engine/contract/gallery.ts";
import { SearchField } from "../../ui/search-field.tsx";
import { useWords } from "../../words/words.ts";
import styles from "./toolbar.module.css";

/** The studio is asked so long after the last letter. */
const REST_MS = 180;

export interface SearchWordsProps {
  readonly query: GalleryQuery;
  readonly onAsk: (query: GalleryQuery, isPassing?: boolean) => void;
  readonly inputRef: Ref<HTMLInputElement>;
}

/** Words of prompts, looked for while they are typed. */
export const SearchWords = memo(function SearchWords(props: SearchWordsProps) {
  const { query, onAsk, inputRef } = props;
  const t = useWords("gallery");
  const { search: asked = "", ...others } = query;
  const [text, setText] = useState(asked);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const isTyping = useRef(false);
  // Cleared filters and Back change the words from outside.
  useEffect(() => {
    if (!isTyping.current) setText(asked);
  }, [asked]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const onChange = (words: string) => {
    setText(words);
    isTyping.current = true;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      isTyping.current = false;
      onAsk(words.trim() === "" ? others : { ...others, search: words }, true);
    }, REST_MS);
  };
  return (
    <div className={styles.search}>
      <SearchField
        label={t("search")}
        placeholder={t("searchPlaceholder")}
        value={text}
        onChange={onChange}
        inputRef={inputRef}
      />
    </div>
  );
});
