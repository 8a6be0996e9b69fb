import { useMemo } from "react";
import { useSearchParams } from "wouter";
import type { SettingLineId } from "../words/en/setting-lines.ts";
import { useWords } from "../words/words.ts";

/** What the page shows, as in its address: `?line=theme` scrolls to a line, `?search=…` filters. */
export interface SettingsAddress {
  readonly line: string | undefined;
  readonly search: string;
  readonly ask: (search: string) => void;
}

export function useSettingsAddress(): SettingsAddress {
  const [address, setAddress] = useSearchParams();
  return useMemo(() => {
    const search = address.get("search") ?? "";
    const ask = (typed: string) =>
      setAddress(
        (before) => {
          const after = new URLSearchParams(before);
          after.delete("line");
          after.delete("search");
          if (typed !== "") after.set("search", typed);
          return after;
        },
        { replace: true },
      );
    return { line: address.get("line") ?? undefined, search, ask };
  }, [address, setAddress]);
}

/** The lines that match a search, in the order of the page. */
export function useFoundLines(search: string): ReadonlySet<SettingLineId> {
  const t = useWords("settings");
  return useMemo(() => {
    const lines = t("lines", { returnObjects: true });
    const found = Object.entries(lines).filter(([, line]) =>
      holdsWords([t(`${line.section}.title`), line.name, line.what, line.find].join(" "), search),
    );
    return new Set(found.map(([id]) => id).filter((id) => isLine(id, lines)));
  }, [t, search]);
}

function isLine(id: string, lines: Readonly<Record<SettingLineId, unknown>>): id is SettingLineId {
  return id in lines;
}

/** Whether a text contains every word of a search, in any order and case. */
export function holdsWords(text: string, search: string): boolean {
  const whole = text.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => whole.includes(word));
}
