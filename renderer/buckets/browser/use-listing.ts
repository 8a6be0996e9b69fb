import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { BucketPlace } from "../../../engine/contract/buckets.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useDebounced } from "../../ui/use-debounced.ts";
import { type Row, rowsOf, type Sort } from "./rows.ts";

/** What a search waits for, so that not every letter is asked about. */
const REST_MS = 250;

/** A folder of a bucket as far as it was read; the rest is asked for as it comes into view. */
export function useListing(place: BucketPlace, prefix: string, words: string, sort: Sort) {
  const { queries } = useStudio();
  const search = useDebounced(words.trim(), REST_MS);
  const asked = { ...place, prefix, ...sort, ...(search !== "" && { search }) };
  const list = useInfiniteQuery({
    ...queries.buckets.list.infiniteOptions({
      input: (after: string | undefined) => ({ ...asked, ...(after !== undefined && { after }) }),
      initialPageParam: undefined,
      getNextPageParam: (page) => page.after,
    }),
    // The same folder in another order stays in view until it is there.
    placeholderData: keepPreviousData,
    // Other programs change buckets, and no event tells of it.
    staleTime: 10_000,
  });
  const pages = list.data?.pages;
  const rows: readonly Row[] = useMemo(() => rowsOf(pages ?? []), [pages]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const readOn = () => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  };
  return {
    rows,
    /** What the rows answer; undefined while they are those of the question before. */
    question: list.isPlaceholderData ? undefined : JSON.stringify({ search, ...sort }),
    search,
    error: list.error,
    isPending: list.isPending,
    isBusy: list.isFetching,
    hasMore: hasNextPage,
    /** How many keys were looked at: a search may find none in a page. */
    seen: pages?.reduce((sum, page) => sum + page.seen, 0) ?? 0,
    readOn,
    refresh: () => void list.refetch(),
  };
}

export type Listing = ReturnType<typeof useListing>;
