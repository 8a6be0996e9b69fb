import { access, mkdir } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import type { Command } from "commander";
import { StudioError } from "../contract/errors.ts";
import type { Image } from "../contract/gallery.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import { writeAtomically } from "../files/atomic-file.ts";
import { albumCommand, inParts, markCommand } from "./gallery-marks.ts";
import { importCommand } from "./gallery-import.ts";
import { idsOf, withQueryFlags, type QueryFlags } from "./gallery-query.ts";
import { listingGroup } from "./listing-group.ts";
import { note, printJson, printResult } from "./outcome.ts";
import { withStudio, type ReachedStudio } from "./reach-studio.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";
import { diskFull } from "../files/disk-full.ts";
import { isDiskFull, systemCode } from "../files/system-error.ts";

/** `gallery`: the stored pictures. */
export function galleryCommand(signal: AbortSignal): Command {
  return listingGroup("gallery", list())
    .description("Lists, exports and changes the gallery's pictures.")
    .addCommand(show())
    .addCommand(acting("star", "Adds pictures to the favourites.", starWith(true)))
    .addCommand(acting("unstar", "Removes pictures from the favourites.", starWith(false)))
    .addCommand(
      acting("trash", "Moves pictures to the studio's trash.", (client, ids) =>
        client.gallery.trash({ ids }),
      ),
    )
    .addCommand(
      acting("restore", "Restores pictures from the trash.", (client, ids) =>
        client.gallery.restore({ ids }),
      ),
    )
    .addCommand(markCommand())
    .addCommand(albumCommand())
    .addCommand(importCommand(signal))
    .addCommand(exportPictures());
}

function list(): Command {
  const command = studioCommand("list", "Pictures, the newest first.");
  return withQueryFlags(command).action((flags: StudioFlags & QueryFlags) =>
    withStudio(flags.dataDir, async ({ client }) => {
      for await (const image of imagesOf(client, await idsOf(client, flags))) {
        print(image, flags.json);
      }
    }),
  );
}

function show(): Command {
  return studioCommand("show", "How pictures were made.")
    .argument("<id...>", "ids of pictures")
    .action((ids: string[], { dataDir, json }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        for (const id of ids) {
          const image = await client.gallery.get({ id });
          if (json === true) print(image, true);
          else process.stdout.write(`${JSON.stringify(withoutAddresses(image), undefined, 2)}\n`);
        }
      }),
    );
}

type Act = (client: StudioClient, ids: string[]) => Promise<void>;

function acting(name: string, description: string, act: Act): Command {
  return studioCommand(name, description)
    .argument("<id...>", "ids of pictures")
    .action((ids: string[], { dataDir }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        for (const some of inParts(ids)) await act(client, some);
      }),
    );
}

function starWith(isStarred: boolean): Act {
  return (client, ids) => client.gallery.star({ ids, isStarred });
}

type ExportFlags = StudioFlags & QueryFlags & { readonly force?: boolean };

function exportPictures(): Command {
  const command = studioCommand(
    "export",
    "Copies pictures to a folder, or to a ZIP with a CSV of their settings.",
  )
    .argument("<path>", "a folder, or a file that ends in .zip")
    .argument("[id...]", "ids of pictures (default: all that the flags select)")
    .option("--force", "overwrite files that exist");
  return withQueryFlags(command).action((folder: string, ids: string[], flags: ExportFlags) =>
    withStudio(flags.dataDir, async (studio) => {
      const chosen = ids.length > 0 ? ids : await idsOf(studio.client, flags);
      if (/\.zip$/i.test(folder)) return writeZip(studio, { path: folder, ids: chosen, flags });
      await mkdir(folder, { recursive: true });
      const taken = new Set<string>();
      for await (const image of imagesOf(studio.client, chosen)) {
        const path = join(folder, nameOf(image, taken));
        if (image.isMissing) note(`${image.fileName} is no longer where it was saved.`);
        else await copy(studio, { image, path, flags });
      }
    }),
  );
}

/** Writes to a temporary file and renames it, so that a cancelled export leaves nothing. */
async function writeZip(
  studio: ReachedStudio,
  { path, ids, flags }: { path: string; ids: string[]; flags: ExportFlags },
): Promise<void> {
  if (ids.length === 0) return note("No picture matches, so nothing was exported.");
  if (flags.force !== true && (await exists(path)))
    throw new StudioError("OUTPUT_EXISTS", { path });
  const { address, count } = await studio.client.gallery.export({ ids });
  const zip = await studio.stream(address);
  let sizeBytes = 0;
  try {
    await writeAtomically(path, async (file) => {
      for await (const block of zip) {
        await file.writeFile(block);
        sizeBytes += block.length;
      }
    });
  } catch (error) {
    if (isDiskFull(error)) throw diskFull(dirname(resolve(path)), sizeBytes);
    const reason = systemCode(error);
    if (reason === undefined) throw error;
    throw new StudioError("OUTPUT_UNWRITABLE", { path, reason }, { cause: error });
  }
  printResult(flags.json, { type: "zip", path, count, sizeBytes }, path);
}

async function copy(
  studio: ReachedStudio,
  { image, path, flags }: { image: Image; path: string; flags: ExportFlags },
): Promise<void> {
  if (flags.force !== true && (await exists(path)))
    throw new StudioError("OUTPUT_EXISTS", { path });
  const bytes = await studio.picture(image.address);
  await writeAtomically(path, (file) => file.writeFile(bytes)).catch((error: unknown) => {
    const reason = systemCode(error) ?? "unknown";
    throw new StudioError("OUTPUT_UNWRITABLE", { path, reason }, { cause: error });
  });
  printResult(flags.json, { type: "file", id: image.id, path }, path);
}

/** If two pictures from different days have the same name, the second one's id is appended. */
function nameOf({ fileName, id }: Image, taken: Set<string>): string {
  const name = basename(fileName);
  const kind = extname(name);
  const free = taken.has(name) ? `${basename(name, kind)}-${id}${kind}` : name;
  taken.add(free);
  return free;
}

async function* imagesOf(client: StudioClient, ids: readonly string[]): AsyncGenerator<Image> {
  for (const some of inParts(ids)) yield* await client.gallery.details({ ids: some });
}

/** Signed addresses are useless outside the pages, and private. */
function withoutAddresses(image: Image): object {
  return { ...image, address: undefined, thumbnail: undefined };
}

function print(image: Image, json: boolean | undefined): void {
  if (json === true) {
    printJson({ type: "image", ...withoutAddresses(image) });
    return;
  }
  const { id, createdAt, record, isStarred, rating } = image;
  const star = `${isStarred ? "*" : " "}${rating === 0 ? " " : rating}`;
  // Settings that an endpoint did not report are unknown.
  const seed = record.seed === undefined ? "" : `  seed ${record.seed}`;
  const what = `${record.width}x${record.height}  ${record.model}${seed}`;
  const line = `${id} ${star} ${createdAt}  ${what}  ${JSON.stringify(record.prompt)}`;
  process.stdout.write(`${line}\n`);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
