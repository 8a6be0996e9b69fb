import type { Command } from "commander";
import type { GalleryQuery } from "../contract/gallery.ts";
import { SEARCH_TERMS } from "../contract/gallery-search.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import { number, size } from "./request-flags.ts";

/** The flags that select pictures. */
export interface QueryFlags {
  readonly search?: string;
  readonly model?: string;
  readonly size?: { readonly width: number; readonly height: number };
  readonly from?: string;
  readonly to?: string;
  readonly starred?: boolean;
  readonly trashed?: boolean;
  readonly oldest?: boolean;
  readonly limit?: number;
}

/** Adds the flags that select pictures. */
export function withQueryFlags(command: Command): Command {
  return command
    .option(
      "--search <words>",
      `words of the prompt, and settings such as steps:>20, of ${Object.keys(SEARCH_TERMS).join(", ")}`,
    )
    .option("--model <name>", "drawn with this model")
    .option("--size <WIDTHxHEIGHT>", "in pixels", size)
    .option("--from <day>", "drawn on this day or later, such as 2026-11-24")
    .option("--to <day>", "drawn on this day or earlier")
    .option("--starred", "favourites only")
    .option("--trashed", "in the trash")
    .option("--oldest", "the oldest first")
    .option("--limit <n>", "this many at most", number);
}

/** Ids of the pictures that flags select. */
export async function idsOf(client: StudioClient, flags: QueryFlags): Promise<string[]> {
  const query: GalleryQuery = {
    search: flags.search,
    model: flags.model,
    size: flags.size,
    from: flags.from,
    to: flags.to,
    isStarred: flags.starred,
    isTrashed: flags.trashed ?? false,
    sort: flags.oldest === true ? "oldest" : "newest",
  };
  const { days } = await client.gallery.names(query);
  return days.flatMap(({ ids }) => ids).slice(0, flags.limit);
}
