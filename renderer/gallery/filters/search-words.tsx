import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { memo, type Ref, useEffect, useRef, useState } from "react";
import type { GalleryQuery } from "../../../engine/contract/gallery.ts";
import { useStudio } from "../../connection/studio.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { SuggestingSearchField, type Suggestion } from "../../ui/search-field.tsx";
import { useWords } from "../../words/words.ts";
import { useTargetName } from "../../picture/targets.ts";
import { completionsOf } from "./completions.ts";
import { NO_FACETS } from "./filters.tsx";
import styles from "./toolbar.module.css";

/** The studio is asked this long after the last key press, milliseconds. */
const REST_MS = 180;

export interface SearchWordsProps {
  readonly query: GalleryQuery;
  readonly onAsk: (query: GalleryQuery, isPassing?: boolean) => void;
  readonly inputRef: Ref<HTMLInputElement>;
}

/** Searches for words of prompts and for settings such as `steps:>20` while the user types. */
export const SearchWords = memo(function SearchWords(props: SearchWordsProps) {
  const { query, onAsk, inputRef } = props;
  const t = useWords("gallery");
  const { search = "", ...others } = query;
  const { like, text: asked } = splitLike(search);
  const [text, setText] = useState(asked);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const isTyping = useRef(false);
  // Clearing filters and going back change the text from outside.
  useEffect(() => {
    if (!isTyping.current) setText(asked);
  }, [asked]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const ask = (words: string, isPassing?: boolean) =>
    onAsk(words === "" ? others : { ...others, search: words }, isPassing);
  const onChange = (words: string) => {
    setText(words);
    isTyping.current = true;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      isTyping.current = false;
      ask(joinLike({ like, text: words }), true);
    }, REST_MS);
  };
  const suggestions = useSuggestions(text, onChange);
  return (
    <>
      <div className={styles.search}>
        <SuggestingSearchField
          label={t("search")}
          suggestions={suggestions}
          suggestionsLabel={t("suggestions")}
          placeholder={t("searchPlaceholder")}
          value={text}
          onChange={onChange}
          inputRef={inputRef}
        />
      </div>
      {like !== "" && (
        <span className={styles.chip}>
          {t("samePrompt")}
          <IconButton
            icon={X}
            size="dense"
            label={t("marks.remove", { name: t("samePrompt") })}
            onPress={() => ask(joinLike({ like: "", text }))}
          />
        </span>
      )}
    </>
  );
});

function useSuggestions(text: string, onTake: (search: string) => void): readonly Suggestion[] {
  const t = useWords("gallery");
  const { queries } = useStudio();
  const { data: facets = NO_FACETS } = useQuery(queries.gallery.facets.queryOptions());
  const nameOf = useTargetName();
  return completionsOf(text, facets, nameOf).map(({ term, search, name, target }) => ({
    id: term,
    label: term,
    note: name ? t(`terms.${name}`) : target,
    run: () => onTake(search),
  }));
}

/** A search that begins with the term for one picture's prompt, as the action writes it; people do not type ids. */
const LIKE = /^(?<like>like:[\w-]+)(?:\s(?<text>.*))?$/s;

/** A search in two parts: the term for one picture's prompt, shown as a chip, and the text of the field. */
interface SplitSearch {
  readonly like: string;
  readonly text: string;
}

export function splitLike(search: string): SplitSearch {
  const { like, text = "" } = LIKE.exec(search)?.groups ?? {};
  return like === undefined ? { like: "", text: search } : { like, text };
}

/** Puts the parts together; empty if nothing is searched for. */
export function joinLike({ like, text }: SplitSearch): string {
  if (text.trim() === "") return like;
  return like === "" ? text : `${like} ${text}`;
}
