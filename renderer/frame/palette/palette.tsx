import { useMemo, useState } from "react";
import { menuEntries } from "../../shortcuts/menu-entries.ts";
import { useRegisteredActions } from "../../shortcuts/registry.ts";
import { rememberCommand, useRecentCommands } from "../../state/recent-commands.ts";
import { CommandPalette, type PaletteEntry, type PaletteGroup } from "../../ui/command-palette.tsx";
import { rankEntries } from "../../ui/rank-entries.ts";
import { useWords } from "../../words/words.ts";
import { useFoundEntries } from "./found-entries.ts";
import { useFoundPictures } from "./found-pictures.ts";

/** Maximum number of results shown; beyond that, users type another word. */
const SHOWN = 40;
/** Number of recent entries offered before anything is typed. */
const RECENT = 6;

/** The Ctrl+K palette: finds every action and everything else that can be chosen, by name. */
export function Palette({ onClose }: { onClose: () => void }) {
  const t = useWords("palette");
  const [search, setSearch] = useState("");
  const commands = useCommands();
  const recent = useRecentCommands(({ ids }) => ids);
  const { entries: pictures, isLooking } = useFoundPictures(search);
  const groups = useMemo(() => {
    if (search.trim() === "") return offered(commands, recent, t("recent"));
    return [
      ...grouped(rankEntries(commands, search, recent).slice(0, SHOWN)),
      ...grouped(pictures),
    ];
  }, [commands, search, recent, pictures, t]);
  return (
    <CommandPalette
      label={t("title")}
      placeholder={t("placeholder")}
      search={search}
      onSearch={setSearch}
      groups={groups}
      status={useStatus(groups, search, isLooking)}
      isOpen
      onClose={onClose}
    />
  );
}

/** The action that opened the palette: it would only open it again. */
const OPENS_IT = "frame.palette";

/**
 * Registered actions and other entries. An entry that the page has itself only adds its words to the page's. Each is
 * remembered when it is chosen.
 */
function useCommands(): readonly PaletteEntry[] {
  const actions = useRegisteredActions();
  const found = useFoundEntries();
  return useMemo(() => {
    const shown = menuEntries(
      actions.filter(({ id, isHidden }) => isHidden !== true && id !== OPENS_IT),
    );
    const own = new Set(shown.map(({ id }) => id));
    const words = new Map(found.map(({ id, keywords = [] }) => [id, keywords]));
    const named = shown.map((entry) => ({
      ...entry,
      keywords: [...(entry.keywords ?? []), ...(words.get(entry.id) ?? [])],
    }));
    return [...named, ...found.filter(({ id }) => !own.has(id))].map((entry) => ({
      ...entry,
      run: () => {
        rememberCommand(entry.id);
        entry.run();
      },
    }));
  }, [actions, found]);
}

function useStatus(groups: readonly PaletteGroup[], search: string, isLooking: boolean): string {
  const t = useWords("palette");
  if (isLooking) return t("looking");
  const count = groups.reduce((sum, { entries }) => sum + entries.length, 0);
  return count === 0 ? t("nothing", { search }) : t("found", { count });
}

/** The entries before anything is typed: recent ones, then all by kind. */
function offered(
  commands: readonly PaletteEntry[],
  recent: readonly string[],
  name: string,
): readonly PaletteGroup[] {
  const byId = new Map(commands.map((entry) => [entry.id, entry]));
  const entries = recent
    .flatMap((id) => byId.get(id) ?? [])
    .filter(({ isDisabled }) => isDisabled !== true)
    .slice(0, RECENT);
  const first = new Set(entries);
  const rest = grouped(commands.filter((entry) => !first.has(entry)));
  return entries.length === 0 ? rest : [{ name, entries }, ...rest];
}

/** Groups entries by kind, in order of first appearance. */
function grouped(entries: readonly PaletteEntry[]): readonly PaletteGroup[] {
  return Object.entries(Object.groupBy(entries, ({ group }) => group ?? "")).map(
    ([name, members = []]) => ({ name, entries: members }),
  );
}
