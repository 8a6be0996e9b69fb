import { type Command, InvalidArgumentError, Option } from "commander";
import { MAX_IDS } from "../contract/image-id.ts";
import { splitTags } from "../contract/gallery-marks.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import { listingGroup } from "./listing-group.ts";
import { printResult } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

interface MarkFlags extends StudioFlags {
  readonly rating?: number;
  readonly tag?: string[];
  readonly untag?: string[];
}

/** `gallery mark`: ratings and tags. */
export function markCommand(): Command {
  return studioCommand("mark", "Rates and tags pictures.")
    .argument("<id...>", "ids of pictures")
    .addOption(new Option("--rating <0-5>", "stars out of 5; 0 for none").argParser(rating))
    .option("--tag <name...>", "add these tags; commas separate tags, too")
    .option("--untag <name...>", "remove these tags")
    .action((ids: string[], { dataDir, rating, tag, untag }: MarkFlags) =>
      withStudio(dataDir, async ({ client }) => {
        const change = { rating, tag: tag?.flatMap(splitTags), untag };
        for (const some of inParts(ids)) await client.gallery.mark({ ids: some, ...change });
      }),
    );
}

function rating(value: string): number {
  if (!/^[0-5]$/.test(value))
    throw new InvalidArgumentError("It must be a whole number from 0 to 5.");
  return Number(value);
}

/** `gallery album`: sets of pictures. */
export function albumCommand(): Command {
  return listingGroup("album", list())
    .description("Albums: your own sets of pictures.")
    .addCommand(
      acting("make", "Makes an empty album.", (client, name) => client.gallery.makeAlbum({ name })),
    )
    .addCommand(
      acting("delete", "Deletes an album. Its pictures stay in the gallery.", (client, name) =>
        client.gallery.deleteAlbum({ name }),
      ),
    )
    .addCommand(rename())
    .addCommand(
      filling("add", "Adds pictures to an album.", (client, name, ids) =>
        client.gallery.addToAlbum({ name, ids }),
      ),
    )
    .addCommand(
      filling("take", "Takes pictures out of an album.", (client, name, ids) =>
        client.gallery.takeFromAlbum({ name, ids }),
      ),
    )
    .addCommand(cover());
}

function list(): Command {
  return studioCommand("list", "All albums, in their order.").action(
    ({ dataDir, json }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        for (const { name, count } of (await client.gallery.facets()).albums)
          printResult(json, { type: "album", name, count }, `${count}\t${name}`);
      }),
  );
}

type Act = (client: StudioClient, name: string) => Promise<unknown>;

function acting(command: string, description: string, act: Act): Command {
  return studioCommand(command, description)
    .argument("<album>", "its name")
    .action((name: string, { dataDir }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => void (await act(client, name))),
    );
}

function rename(): Command {
  return studioCommand("rename", "Renames an album.")
    .argument("<album>", "its name")
    .argument("<new name>", "its new name")
    .action((name: string, newName: string, { dataDir }: StudioFlags) =>
      withStudio(dataDir, ({ client }) => client.gallery.changeAlbum({ name, newName })),
    );
}

function cover(): Command {
  return studioCommand("cover", "Chooses the picture that stands for an album.")
    .argument("<album>", "its name")
    .argument("[id]", "a picture of it; the newest by default")
    .action((name: string, id: string | undefined, { dataDir }: StudioFlags) =>
      withStudio(dataDir, ({ client }) => client.gallery.changeAlbum({ name, cover: id ?? null })),
    );
}

type Fill = (client: StudioClient, name: string, ids: string[]) => Promise<void>;

function filling(command: string, description: string, fill: Fill): Command {
  return studioCommand(command, description)
    .argument("<album>", "its name")
    .argument("<id...>", "which pictures")
    .action((name: string, ids: string[], { dataDir }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        for (const some of inParts(ids)) await fill(client, name, some);
      }),
    );
}

/** Splits ids into parts of the contract's maximum. */
export function* inParts(ids: readonly string[]): Generator<string[]> {
  for (let i = 0; i < ids.length; i += MAX_IDS) yield ids.slice(i, i + MAX_IDS);
}
