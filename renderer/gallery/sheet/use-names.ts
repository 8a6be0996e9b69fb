import { keepPreviousData, usePrefetchQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import type { GalleryNames, GalleryQuery } from "../../../engine/contract/gallery.ts";
import { useStudio } from "../../connection/studio.tsx";
import { forgetChoice, keepChoice } from "../../state/choice.ts";
import { type DisplayOrder, orderOf } from "../grid/day-layout.ts";

/** The names of the pictures to show. */
export interface ShownNames {
  /** Undefined until they are known. */
  readonly names: GalleryNames | undefined;
  readonly order: DisplayOrder;
  /** Changes when the names answer another query. */
  readonly question: string;
  /** The number of new pictures that are withheld until the view is at the top again. */
  readonly held: number;
  /** Why the newest names could not be read. */
  readonly error: Error | null;
  /** When the shown names were read, in milliseconds since 1970. */
  readonly readAt: number;
  readonly retry: () => void;
}

const NOTHING: GalleryNames = { total: 0, days: [] };

/** Reads the names for a query. `isAway`: whether the view is away from the top, where new pictures appear. */
export function useNames(query: GalleryQuery, isAway: boolean): ShownNames {
  const { queries } = useStudio();
  const asking = queries.gallery.names.queryOptions({ input: query });
  // Starts during render: 50,000 names take longer to read than the page takes to render.
  usePrefetchQuery(asking);
  const { data, error, dataUpdatedAt, isPlaceholderData, refetch } = useQuery(
    queries.gallery.names.queryOptions({ input: query, placeholderData: keepPreviousData }),
  );
  const asked = JSON.stringify(query);
  const answered = useRef(asked);
  if (!isPlaceholderData) answered.current = asked;
  const seen = useRef<{ question: string; order: DisplayOrder }>(undefined);
  const question = answered.current;
  const { names, held } = useMemo(() => {
    const isSame = seen.current?.question === question && query.sort !== "oldest";
    if (data === undefined || !isAway || !isSame || !seen.current) return { names: data, held: 0 };
    return holdBack(data, seen.current.order);
  }, [data, isAway, question, query.sort]);
  const order = useMemo(() => orderOf(names ?? NOTHING), [names]);
  useEffect(() => {
    if (seen.current?.question === question) keepChoice(seen.current.order.ids, order.ids);
    else forgetChoice();
    seen.current = { question, order };
  }, [question, order]);
  const retry = () => void refetch();
  return { names, order, question, held, error, readAt: dataUpdatedAt, retry };
}

/** Names without the newest, and the number of those. */
interface HeldBack {
  readonly names: GalleryNames;
  readonly held: number;
}

/**
 * Removes pictures that were added before the ones already seen, so that what the user is looking at does not move;
 * their number is shown instead.
 */
export function holdBack(names: GalleryNames, seen: DisplayOrder): HeldBack {
  let held = 0;
  const days: GalleryNames["days"] = [];
  for (const { day, ids } of names.days) {
    const isSeen = days.length > 0 ? 0 : ids.findIndex((id) => seen.indexOf(id) !== undefined);
    const first = isSeen < 0 ? ids.length : isSeen;
    held += first;
    if (first < ids.length) days.push({ day, ids: first === 0 ? ids : ids.slice(first) });
  }
  if (held === 0 || days.length === 0) return { names, held: 0 };
  return { names: { total: names.total - held, days }, held };
}
