import { useCallback, useEffect, useMemo } from "react";
import { useLocation, useParams, useSearch } from "wouter";
import type { GalleryQuery } from "../../engine/contract/gallery.ts";
import { OPENED_FROM } from "../picture/use-compare.ts";
import { rememberQuery, useGalleryMemory } from "../state/gallery-memory.ts";
import { readQuery, writeQuery } from "./address.ts";

/** The pictures of a comparison, in the address. */
const COMPARED = "compare";

/**
 * The id of a picture, followed by those it is compared with, one at a time. A picture that is not finished has the id
 * of its generation.
 */
export type Compared = readonly [string, string, ...string[]];

/** The content of the page's address, and the functions that change it. */
export interface GalleryAddress {
  readonly query: GalleryQuery;
  /** The open picture. */
  readonly openId: string | undefined;
  readonly compared: Compared | undefined;
  /** Whether the comparison was opened from the Generate page. */
  readonly isFromGenerate: boolean;
  /** Adds a history entry, except while `isPassing`, for changes that come with every letter typed. */
  readonly ask: (query: GalleryQuery, isPassing?: boolean) => void;
  readonly open: (id: string) => void;
  /** Replaces the open picture: Back then leads to the sheet rather than through all pictures. */
  readonly leaf: (id: string) => void;
  readonly compare: (ids: Compared, isPassing?: boolean) => void;
  /** Returns to the sheet, or to the page that the comparison was opened from. */
  readonly close: () => void;
}

export function useGalleryAddress(): GalleryAddress {
  const search = useSearch();
  const [, navigate] = useLocation();
  const { id: openId } = useParams<{ id?: string }>();
  const query = useMemo(() => readQuery(search), [search]);
  useMemory(search, openId);
  const go = useCallback(
    (path: string, parts: URLSearchParams | string, replace = false) => {
      const text = String(parts);
      navigate(text === "" ? path : `${path}?${text}`, { replace });
    },
    [navigate],
  );
  return useMemo(() => {
    const sheet = new URLSearchParams(search);
    const ids = sheet.get(COMPARED)?.split(",") ?? [];
    const isFromGenerate = sheet.get(OPENED_FROM) === "generate";
    sheet.delete(COMPARED);
    sheet.delete(OPENED_FROM);
    const [one, other, ...more] = ids;
    return {
      query,
      openId,
      compared: one && other && openId === undefined ? [one, other, ...more] : undefined,
      isFromGenerate,
      ask: (asked, isPassing) => go("/gallery", writeQuery(String(sheet), asked), isPassing),
      open: (id) => go(`/gallery/${id}`, sheet),
      leaf: (id) => go(`/gallery/${id}`, sheet, true),
      compare: (pair, isPassing) => {
        const parts = new URLSearchParams(sheet);
        parts.set(COMPARED, pair.join(","));
        if (isFromGenerate) parts.set(OPENED_FROM, "generate");
        go("/gallery", parts, isPassing);
      },
      close: () => (isFromGenerate ? go("/generate", "") : go("/gallery", sheet)),
    };
  }, [search, query, openId, go]);
}

/** An address without parameters, as the rail links to it, restores the last view. */
function useMemory(search: string, openId: string | undefined): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    const { query } = useGalleryMemory.getState();
    const isBare = openId === undefined && writeQuery("", readQuery(search)) === "";
    if (isBare && query !== "")
      navigate(`/gallery?${writeQuery(search, readQuery(query))}`, { replace: true });
    // Only when the page opens: later, an address without parameters means no filters.
  }, []);
  useEffect(() => rememberQuery(writeQuery("", readQuery(search))), [search]);
}
