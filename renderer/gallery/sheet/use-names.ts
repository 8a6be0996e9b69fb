import { keepPreviousData, usePrefetchQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import type { GalleryNames, GalleryQuery } from "../../../engine/contract/gallery.ts";
import { useStudio } from "../../connection/studio.tsx";
import { forgetChoice, keepChoice } from "../../state/choice.ts";
import { type Order, orderOf } from "../grid/contact-sheet.ts";

/** The names of the pictures to show. */
export interface ShownNames {
  /** Undefined until they are known. */
  readonly names: GalleryNames | undefined;
  readonly order: Order;
  /** Changes when the pictures are the answer to another question. */
  readonly question: string;
  /** New pictures that wait until the view is at the top again. */
  readonly held: number;
  /** Why the newest names could not be had. */
  readonly error: Error | null;
  /** When those that are shown were read. */
  readonly readAt: Date;
  readonly retry: () => void;
}

const NOTHING: GalleryNames = { total: 0, days: [] };

/** `isAway`: whether the view has left the top, where new pictures appear. */
export function useNames(query: GalleryQuery, isAway: boolean): ShownNames {
  const { queries } = useStudio();
  const asking = queries.gallery.names.queryOptions({ input: query });
  // While the page is still being made: 50,000 names take longer than that.
  usePrefetchQuery(asking);
  const { data, error, dataUpdatedAt, isPlaceholderData, refetch } = useQuery(
    queries.gallery.names.queryOptions({ input: query, placeholderData: keepPreviousData }),
  );
  const asked = JSON.stringify(query);
  const answered = useRef(asked);
  if (!isPlaceholderData) answered.current = asked;
  const seen = useRef<{ question: string; order: Order }>(undefined);
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
  const readAt = new Date(dataUpdatedAt);
  return { names, order, question, held, error, readAt, retry: () => void refetch() };
}

/** Names without the newest, and how many those are. */
interface HeldBack {
  readonly names: GalleryNames;
  readonly held: number;
}

/**
 * Leaves out pictures that were put in front of those seen already: whoever looks at something
 * further down keeps it before their eyes, and is told that there is more.
 */
export function holdBack(names: GalleryNames, seen: Order): HeldBack {
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
