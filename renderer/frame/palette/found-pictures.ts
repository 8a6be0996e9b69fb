import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useMemo } from "react";
import { useLocation } from "wouter";
import type { Image } from "../../../engine/contract/gallery.ts";
import { useStudio } from "../../connection/studio.tsx";
import type { PaletteEntry } from "../../ui/command-palette.tsx";
import { useDebounced } from "../../ui/use-debounced.ts";
import { formatWhen } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";

/** The studio is asked this long after the last key press, milliseconds. */
const REST_MS = 120;
/** Minimum number of letters: a single one matches too many pictures. */
const LEAST = 2;
/** Number of pictures shown; the gallery shows the rest. */
const SHOWN = 8;

export interface FoundPictures {
  readonly entries: readonly PaletteEntry[];
  /** Whether the results may still change. */
  readonly isLooking: boolean;
}

/**
 * The newest pictures whose prompt or settings match a search, and a link to all of them. When the search changes, the
 * request for the old one is cancelled.
 */
export function useFoundPictures(typed: string): FoundPictures {
  const t = useWords("palette");
  const picture = useWords("picture");
  const { queries } = useStudio();
  const [, navigate] = useLocation();
  const search = typed.trim();
  const rested = useDebounced(search, REST_MS);
  const isWorth = search.length >= LEAST;
  const input = rested.length < LEAST ? skipToken : { search: rested, limit: SHOWN };
  const { data, isFetching } = useQuery(
    queries.gallery.find.queryOptions({ input, placeholderData: keepPreviousData }),
  );
  const entries = useMemo(() => {
    if (!isWorth) return [];
    const group = t("pictures");
    const entryOf = ({ id, record: { prompt }, thumbnail, createdAt }: Image): PaletteEntry => ({
      id: `picture.${id}`,
      label: prompt === "" ? picture("noPromptName") : prompt,
      group,
      picture: thumbnail,
      note: formatWhen(createdAt),
      run: () => navigate(`/gallery/${id}`),
    });
    const all = {
      id: "gallery.search",
      label: t("searchGallery", { search }),
      group,
      icon: Search,
      run: () => navigate(`/gallery?${String(new URLSearchParams({ search }))}`),
    };
    return [...(data ?? []).map(entryOf), all];
  }, [isWorth, data, search, t, picture, navigate]);
  return { entries, isLooking: isWorth && (isFetching || rested !== search) };
}
