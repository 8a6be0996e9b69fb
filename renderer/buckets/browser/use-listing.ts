import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import type { BucketPlace } from "../../../engine/contract/buckets.ts";
import { useStudio } from "../../connection/studio.tsx";
import { markListed } from "../../state/connections.ts";
import { useDebounced } from "../../ui/use-debounced.ts";
import { type Row, rowsOf, type Sort } from "./rows.ts";

/** A search starts this long after the last key press, milliseconds. */
const REST_MS = 250;

/** The part of a bucket's folder that has been read; the rest is requested as it scrolls into view. */
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
    // Rows in the old order stay visible until the new ones arrive.
    placeholderData: keepPreviousData,
    // Other programs change buckets without an event.
    staleTime: 10_000,
  });
  const { isError, isSuccess, isPlaceholderData, errorUpdatedAt } = list;
  const isListed = isSuccess && !isPlaceholderData;
  useEffect(() => {
    if (isError || isListed) markListed(place.connectionId, isListed);
    // A listing that fails again is newer than a test in between.
  }, [place.connectionId, isError, isListed, errorUpdatedAt]);
  const pages = list.data?.pages;
  const rows: readonly Row[] = useMemo(() => rowsOf(pages ?? []), [pages]);
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list;
  const readOn = () => {
    // After a failure, only the user tries again.
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  };
  return {
    rows,
    /** The query that the rows answer; undefined while they are those of the previous query. */
    question: list.isPlaceholderData ? undefined : JSON.stringify({ search, ...sort }),
    search,
    error: list.error,
    /** Whether the rows are current but the rest of the list could not be read. */
    isCut: isFetchNextPageError,
    /** When the rows were read, in milliseconds since 1970. */
    readAt: list.dataUpdatedAt,
    isPending: list.isPending,
    isBusy: list.isFetching,
    hasMore: hasNextPage,
    /** The number of keys examined: a search may find none in a page. */
    seen: pages?.reduce((sum, page) => sum + page.seen, 0) ?? 0,
    readOn,
    refresh: () => void list.refetch(),
    /** Requests again what could not be read. */
    retry: () => void (isFetchNextPageError ? fetchNextPage() : list.refetch()),
  };
}

export type Listing = ReturnType<typeof useListing>;
