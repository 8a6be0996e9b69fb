import { useMemo, useState } from "react";
import { menuEntries } from "../../shortcuts/menu-entries.ts";
import { useRegisteredActions } from "../../shortcuts/registry.ts";
import { rememberCommand, useRecentCommands } from "../../state/recent-commands.ts";
import { CommandPalette, type PaletteEntry, type PaletteGroup } from "../../ui/command-palette.tsx";
import { rankEntries } from "../../ui/rank-entries.ts";
import { useWords } from "../../words/words.ts";
import { useFoundEntries } from "./found-entries.ts";
import { useFoundPictures } from "./found-pictures.ts";

/** Shown of what a search finds: who needs the fortieth types another word. */
const SHOWN = 40;
/** Offered of what was used lately, before anything is typed. */
const RECENT = 6;

/** Ctrl+K: everything that can be done or found, by typing what it is called. */
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

/** Registered actions and what else there is to choose; each is remembered when it is chosen. */
function useCommands(): readonly PaletteEntry[] {
  const actions = useRegisteredActions();
  const found = useFoundEntries();
  return useMemo(() => {
    const shown = menuEntries(actions.filter(({ isHidden }) => isHidden !== true));
    return [...shown, ...found].map((entry) => ({
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

/** Before anything is typed: what was used lately, then everything by its kind. */
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

/** By their kinds, in the order of the first of each. */
function grouped(entries: readonly PaletteEntry[]): readonly PaletteGroup[] {
  return Object.entries(Object.groupBy(entries, ({ group }) => group ?? "")).map(
    ([name, members = []]) => ({ name, entries: members }),
  );
}
