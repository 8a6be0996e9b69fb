import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { StudioError } from "../contract/errors.ts";
import type { GalleryFacets, GalleryNames, GalleryQuery } from "../contract/gallery.ts";
import { closeDatabase } from "../database/database.ts";
import { Turns } from "../files/turns.ts";
import type { GalleryParts, GallerySettings } from "./gallery-parts.ts";
import { countFacets, findNames, findNewest } from "./image-names.ts";
import type { ImageRow, StoredImage } from "./image-row.ts";
import { ImageRows } from "./image-rows.ts";
import { type ForeignPicture, type ImportedPicture, importPicture } from "./import-picture.ts";
import { keepPicture, type NewPicture, pictureFolder, redrawPicture } from "./keep-picture.ts";
import { MarkFile } from "./mark-file.ts";
import { Marking, type StoredAlbum } from "./marking.ts";
import { Marks } from "./marks.ts";
import { openIndex } from "./open-index.ts";
import { missingFolder, Places } from "./places.ts";
import { rebuildIndex, type RebuildOptions } from "./rebuild.ts";
import { settleAll } from "./settle.ts";
import { type MakeThumbnail, Thumbnails } from "./thumbnails.ts";
import { deleteTrashed, moveFromTrash, moveToTrash } from "./trash.ts";

export interface GalleryOptions {
  readonly dataFolder: string;
  readonly settings: GallerySettings;
  readonly makeThumbnail: MakeThumbnail;
}

/** Causes a rebuild if records in the index are damaged: the pictures still contain theirs. */
function rereadDamaged(rows: ImageRows): string | undefined {
  const { damaged } = rows;
  if (damaged === 0) return undefined;
  rows.markIncomplete();
  return `The gallery's index was damaged in ${damaged} of its rows. It is rebuilt from the pictures.`;
}

function idsOf({ days }: GalleryNames): string[] {
  return days.flatMap(({ ids }) => ids);
}

type StoredFacets = Omit<GalleryFacets, "albums"> & { readonly albums: StoredAlbum[] };

/**
 * The pictures on disk and their index. Files are written first: every row has its file, and the index can be rebuilt
 * from the pictures. Changes of files happen one at a time.
 */
export class Gallery {
  readonly #parts: GalleryParts;
  readonly #database: DatabaseSync;
  readonly #turns = new Turns();
  /** Ratings, tags and albums. */
  readonly marking: Marking;
  /** Notices about repairs when it was opened. */
  readonly notices: readonly string[];

  static async open({ dataFolder, settings, makeThumbnail }: GalleryOptions): Promise<Gallery> {
    const places = new Places(dataFolder);
    const markFile = await MarkFile.open(places.markFile);
    const { database, notice } = openIndex(places.database);
    const thumbnails = new Thumbnails(places, makeThumbnail);
    const rows = new ImageRows(database);
    const marks = new Marks(database);
    const parts = { places, rows, marks, thumbnails, markFile, settings };
    const notices = [
      notice,
      markFile.notice,
      rereadDamaged(rows),
      await missingFolder(places.ownFolder, "pictures"),
      await missingFolder(places.trashFolder, "trash"),
    ];
    await settleAll(parts);
    // On a full disk the file stays as it was; the index has the rest.
    await markFile.learn(rows).catch(() => {});
    marks.takeOver(markFile.marks);
    await markFile.keepMarks(marks).catch(() => {});
    return new Gallery(
      parts,
      database,
      notices.filter((text) => text !== undefined),
    );
  }

  private constructor(parts: GalleryParts, database: DatabaseSync, notices: readonly string[]) {
    this.#parts = parts;
    this.#database = database;
    this.marking = new Marking(parts, this.#turns);
    this.notices = notices;
  }

  /**
   * Stores a picture; when it resolves, everything is on the disk. Refuses as DISK_FULL or OUTPUT_UNWRITABLE; then
   * nothing is stored, and it can be tried again.
   */
  async add(picture: NewPicture): Promise<StoredImage> {
    const row = await this.#turns.take(() => keepPicture(this.#parts, picture));
    return this.#toImage(row);
  }

  /** Replaces a picture that was drawn again, wherever it is; one deleted meanwhile stays so. Refuses as `add` does. */
  async redraw(id: string, picture: NewPicture): Promise<StoredImage | undefined> {
    const row = await this.#turns.take(async () => {
      const former = this.#parts.rows.get(id);
      return former && redrawPicture(this.#parts, former, picture);
    });
    return row && this.#toImage(row);
  }

  /** Stores a copy of a picture from outside, once. Refuses as `add` does, and as IMAGE_UNREADABLE. */
  async import(picture: ForeignPicture): Promise<ImportedPicture> {
    return this.#turns.take(() => importPicture(this.#parts, picture));
  }

  /** The ids of all start images of its pictures, including trashed ones. */
  startImages(): ReadonlySet<string> {
    return this.#parts.rows.startImages();
  }

  /** Adds or removes stars; deleted pictures are ignored. */
  async star(ids: readonly string[], isStarred: boolean): Promise<void> {
    const { rows, markFile } = this.#parts;
    const known = rows.getMany(ids).map(({ id }) => id);
    await this.#turns.take(async () => {
      // The file first: it outlives the index, which takes precedence at the next start.
      await markFile.star(known, isStarred);
      rows.star(known, isStarred);
    });
  }

  /** Moves pictures to the trash one by one; deleted and trashed ones are ignored. */
  async trash(ids: readonly string[]): Promise<void> {
    await this.#each(ids, false, (row) => moveToTrash(this.#parts, row));
  }

  /** Moves pictures back from the trash; if a name has been taken meanwhile, another is used. */
  async restore(ids: readonly string[]): Promise<void> {
    await this.#each(ids, true, (row) => moveFromTrash(this.#parts, row));
  }

  /** Permanently deletes trashed pictures, all of them if no ids are given, and reports each. */
  async emptyTrash(
    ids: readonly string[] = idsOf(this.names({ isTrashed: true })),
    onDeleted: (id: string) => void = () => {},
  ): Promise<void> {
    try {
      await this.#each(ids, true, async (row) => {
        await deleteTrashed(this.#parts, row);
        onDeleted(row.id);
      });
    } finally {
      await this.marking.keep();
    }
  }

  /** Whether the index has never been complete: it is new, or its rebuild was interrupted. */
  get needsRebuild(): boolean {
    return !this.#parts.rows.wasRebuilt;
  }

  /** Rebuilds the index from the pictures. The gallery can be used meanwhile. */
  async rebuild(options: RebuildOptions = {}): Promise<void> {
    await rebuildIndex(this.#parts, this.#turns, options);
  }

  names(query: GalleryQuery = {}): GalleryNames {
    return findNames(this.#database, query);
  }

  /** The newest pictures that match a search, up to a limit. */
  async find(search: string, limit: number): Promise<StoredImage[]> {
    return this.details(findNewest(this.#database, search, limit));
  }

  /** In the order of the ids; deleted ones are left out. */
  async details(ids: readonly string[]): Promise<StoredImage[]> {
    const rows = new Map(this.#parts.rows.getMany(ids).map((row) => [row.id, row]));
    const found = ids.map((id) => rows.get(id)).filter((row) => row !== undefined);
    const marksOf = this.#parts.marks.of(ids);
    return Promise.all(found.map((row) => this.#toImage(row, marksOf(row.id))));
  }

  async get(id: string): Promise<StoredImage> {
    return this.#toImage(this.#row(id));
  }

  /** Whether a picture exists, including in the trash. */
  has(id: string): boolean {
    return this.#parts.rows.get(id) !== undefined;
  }

  facets(): StoredFacets {
    const tags = this.#parts.marks.countTags();
    return { ...countFacets(this.#database), tags, albums: this.marking.albums };
  }

  /** Path of a picture's file. Refuses as NOT_FOUND or PICTURE_MISSING. */
  fileOf(id: string): string {
    const row = this.#row(id);
    const file = this.#parts.places.fileOf(row);
    if (existsSync(file)) return file;
    throw new StudioError("PICTURE_MISSING", { file: basename(row.path) });
  }

  /** Path of a picture's thumbnail, which is made if necessary. Refuses as `fileOf` does. */
  async thumbnailOf(id: string): Promise<string> {
    return this.#parts.thumbnails.of(id, this.fileOf(id));
  }

  get pictureFolder(): string {
    return pictureFolder(this.#parts);
  }

  get fileNamePattern(): string {
    return this.#parts.settings().fileNamePattern;
  }

  /** Resolves once everything being written has its row. */
  async close(): Promise<void> {
    await this.#turns.take(async () => closeDatabase(this.#database));
  }

  /** Each picture is a separate turn, so that a new picture need not wait for 500. */
  async #each(
    ids: readonly string[],
    isTrashed: boolean,
    work: (row: ImageRow) => Promise<void>,
  ): Promise<void> {
    for (const id of ids) {
      await this.#turns.take(async () => {
        const row = this.#parts.rows.get(id);
        if (row?.isTrashed === isTrashed) await work(row);
      });
    }
  }

  #row(id: string): ImageRow {
    const row = this.#parts.rows.get(id);
    if (row === undefined) throw new StudioError("NOT_FOUND", { what: "picture", id });
    return row;
  }

  async #toImage(
    row: ImageRow,
    marks = this.#parts.marks.of([row.id])(row.id),
  ): Promise<StoredImage> {
    const { path, ...image } = row;
    const isThere = await this.#parts.places.isThere(row);
    return { ...image, ...marks, fileName: basename(path), isMissing: !isThere };
  }
}
