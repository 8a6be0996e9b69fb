import type { Album } from "../contract/gallery-marks.ts";
import type { Image } from "../contract/gallery.ts";
import type { Gallery } from "../gallery/gallery.ts";
import type { StoredImage } from "../gallery/image-row.ts";
import type { StoredAlbum } from "../gallery/marking.ts";
import type { EventLog } from "./event-log.ts";
import { os } from "./implementer.ts";

interface MarkProcedureParts {
  readonly gallery: Gallery;
  readonly addressed: (images: readonly StoredImage[]) => readonly Image[];
  readonly events: EventLog;
}

/** Reports pictures once the work on them has succeeded or failed. */
type Telling = (ids: readonly string[], work: () => Promise<void>) => Promise<void>;

/** Ratings, tags and albums. */
export function markProcedures(
  { gallery, addressed, events }: MarkProcedureParts,
  telling: Telling,
) {
  const tellingAlbums = async <T>(work: () => Promise<T>): Promise<T> => {
    const result = await work();
    events.publish({ type: "albums-changed" });
    return result;
  };
  return {
    facets: os.gallery.facets.handler(async () => {
      const facets = gallery.facets();
      const covers = facets.albums.flatMap(({ cover }) => cover ?? []);
      const pictures = addressed(await gallery.details(covers));
      return { ...facets, albums: facets.albums.map((album) => withCover(album, pictures)) };
    }),
    mark: os.gallery.mark.handler(({ input }) =>
      telling(input.ids, () => gallery.marking.mark(input)),
    ),
    makeAlbum: os.gallery.makeAlbum.handler(({ input: { name } }) =>
      tellingAlbums(() => gallery.marking.makeAlbum(name)),
    ),
    changeAlbum: os.gallery.changeAlbum.handler(({ input }) =>
      tellingAlbums(() => gallery.marking.changeAlbum(input)),
    ),
    deleteAlbum: os.gallery.deleteAlbum.handler(({ input: { name } }) =>
      tellingAlbums(() => gallery.marking.deleteAlbum(name)),
    ),
    addToAlbum: os.gallery.addToAlbum.handler(({ input: { name, ids } }) =>
      telling(ids, () => gallery.marking.addToAlbum(name, ids)),
    ),
    takeFromAlbum: os.gallery.takeFromAlbum.handler(({ input: { name, ids } }) =>
      telling(ids, () => gallery.marking.takeFromAlbum(name, ids)),
    ),
  };
}

/** Without a cover if its picture was deleted a moment ago. */
function withCover({ cover, ...album }: StoredAlbum, pictures: readonly Image[]): Album {
  const picture = pictures.find(({ id }) => id === cover);
  if (picture === undefined) return album;
  return { ...album, cover: { id: picture.id, thumbnail: picture.thumbnail } };
}
