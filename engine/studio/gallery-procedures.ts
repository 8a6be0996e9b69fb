import type { GalleryQuery, Image } from "../contract/gallery.ts";
import { withValues } from "../contract/gallery-search.ts";
import { LOCAL_TARGET } from "../contract/generation.ts";
import { Turns } from "../files/turns.ts";
import { fileNameOf } from "../gallery/file-name.ts";
import type { Gallery } from "../gallery/gallery.ts";
import type { StoredImage } from "../gallery/image-row.ts";
import { ELSEWHERE } from "../gallery/read-picture.ts";
import type { AddressOf } from "./addresses.ts";
import type { EventLog } from "./event-log.ts";
import type { GalleryRebuild } from "./gallery-rebuild.ts";
import type { Exports } from "./exports.ts";
import { os } from "./implementer.ts";
import { readForeignPicture } from "./read-foreign-picture.ts";
import { markProcedures } from "./mark-procedures.ts";

export interface GalleryProcedureParts {
  readonly gallery: Gallery;
  readonly exports: Exports;
  readonly rebuild: GalleryRebuild;
  readonly addressOf: AddressOf;
  readonly events: EventLog;
  /** The id of the endpoint with this name, in any case. */
  readonly endpointCalled: (name: string) => string | undefined;
}

/** Replaces the id that a picture gets when it is stored. */
const EXAMPLE_ID = "m3k2p9x0aq7c";

/** The gallery: finding pictures, and what a person does with them. */
export function galleryProcedures(parts: GalleryProcedureParts) {
  const { gallery, exports, rebuild, addressOf, events, endpointCalled } = parts;
  const addressed = (images: readonly StoredImage[]) =>
    images.map((image) => withAddresses(image, addressOf));
  /** Reports what changed, even if the work failed midway. */
  const telling = async (ids: readonly string[], work: () => Promise<void>) => {
    try {
      await work();
    } finally {
      const images = addressed(await gallery.details(ids));
      if (images.length > 0) events.publish({ type: "images-changed", images });
    }
  };
  return {
    names: os.gallery.names.handler(({ input }) => namesFor(parts, input)),
    find: os.gallery.find.handler(async ({ input: { search, limit } }) =>
      addressed(await gallery.find(withTargetIds(search, endpointCalled), limit)),
    ),
    details: os.gallery.details.handler(async ({ input }) =>
      addressed(await gallery.details(input.ids)),
    ),
    get: os.gallery.get.handler(async ({ input }) =>
      withAddresses(await gallery.get(input.id), addressOf),
    ),
    import: importProcedure(parts),
    star: os.gallery.star.handler(({ input: { ids, isStarred } }) =>
      telling(ids, () => gallery.star(ids, isStarred)),
    ),
    ...markProcedures({ gallery, events, addressed }, telling),
    export: os.gallery.export.handler(({ input }) => {
      const ids =
        "ids" in input ? input.ids : namesFor(parts, input.query).days.flatMap((day) => day.ids);
      return {
        address: addressOf("export", exports.put({ ids, pattern: gallery.fileNamePattern })),
        count: ids.length,
      };
    }),
    trash: os.gallery.trash.handler(({ input: { ids } }) => telling(ids, () => gallery.trash(ids))),
    restore: os.gallery.restore.handler(({ input: { ids } }) =>
      telling(ids, () => gallery.restore(ids)),
    ),
    emptyTrash: os.gallery.emptyTrash.handler(async ({ input }) => {
      const ids: string[] = [];
      try {
        await gallery.emptyTrash(input.ids, (id) => ids.push(id));
      } finally {
        if (ids.length > 0) events.publish({ type: "images-removed", ids });
      }
    }),
    nameFor: os.gallery.nameFor.handler(({ input: { pattern, ...record } }) => {
      const createdAt = new Date().toISOString();
      return { name: `${fileNameOf(pattern, { id: EXAMPLE_ID, record, createdAt })}.png` };
    }),
    rebuild: os.gallery.rebuild.handler(() => rebuild.start()),
  };
}

/** Targets that are no endpoints, whatever an endpoint is called. */
const OWN_TARGETS: ReadonlySet<string> = new Set([LOCAL_TARGET, ELSEWHERE]);

/** A search with the ids of endpoints instead of their names. */
function withTargetIds(
  search: string,
  endpointCalled: GalleryProcedureParts["endpointCalled"],
): string {
  return withValues(search, "target", (name) =>
    OWN_TARGETS.has(name.toLowerCase()) ? undefined : endpointCalled(name),
  );
}

/** Ids of the pictures that answer a query, which can name endpoints. */
function namesFor({ gallery, endpointCalled }: GalleryProcedureParts, query: GalleryQuery) {
  const { search } = query;
  const found = search === undefined ? {} : { search: withTargetIds(search, endpointCalled) };
  return gallery.names({ ...query, ...found });
}

/** Imports picture files, and reports the new pictures. */
function importProcedure({ gallery, addressOf, events }: GalleryProcedureParts) {
  /** One at a time: a large picture takes 200 MB of memory. */
  const decoding = new Turns();
  return os.gallery.import.handler(async ({ input: { file, modifiedAt } }) => {
    const now = new Date().toISOString();
    const picture = await decoding.take(async () =>
      readForeignPicture(await file.bytes(), file.name),
    );
    const imported = await gallery.import({ ...picture, modifiedAt: modifiedAt ?? now });
    if (imported.isNew) {
      const image = withAddresses(await gallery.get(imported.id), addressOf);
      events.publish({ type: "images-changed", images: [image] });
    }
    return imported;
  });
}

/** A picture of the gallery with its signed addresses. */
export function withAddresses(image: StoredImage, addressOf: AddressOf): Image {
  const { id, sizeBytes, record } = image;
  // Of all pictures, only a contact sheet is drawn again under its id.
  const isSheet = record.grid !== undefined && record.grid.column === undefined;
  const version = isSheet ? sizeBytes : undefined;
  return {
    ...image,
    address: addressOf("image", id, version),
    thumbnail: addressOf("thumbnail", id, version),
  };
}
