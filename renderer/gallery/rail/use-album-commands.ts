import { useStudio } from "../../connection/studio.tsx";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { inParts } from "../actions/in-parts.ts";
import { tellDone } from "../marks/mark-actions.ts";

/** What is done with albums themselves; each can be undone. */
export function useAlbumCommands() {
  const { client } = useStudio();
  const t = useWords("gallery");
  const { gallery } = client;
  const move = async (name: string, place: number) => {
    const { albums } = await gallery.facets();
    const before = albums.findIndex((album) => album.name === name);
    await gallery.changeAlbum({ name, place });
    tellDone(t("rail.moved", { album: name }), t, () =>
      gallery.changeAlbum({ name, place: before }),
    );
  };
  const remove = async (name: string, onGone: () => void) => {
    const { ids, place, cover } = await gallery.deleteAlbum({ name });
    onGone();
    tellDone(t("rail.deleted", { album: name }), t, async () => {
      await gallery.makeAlbum({ name });
      await inParts(ids, (part) => gallery.addToAlbum({ name, ids: part }));
      await gallery.changeAlbum({ name, place, cover });
    });
  };
  const make = async (name: string) => {
    await gallery.makeAlbum({ name });
    tellDone(t("rail.made", { album: name }), t, async () => {
      await gallery.deleteAlbum({ name });
    });
  };
  const rename = async (name: string, newName: string) => {
    await gallery.changeAlbum({ name, newName });
    tellDone(t("rail.renamed", { album: newName }), t, () =>
      gallery.changeAlbum({ name: newName, newName: name }),
    );
  };
  return {
    make,
    rename,
    move: (name: string, place: number) => attempt(move(name, place)),
    remove: (name: string, onGone: () => void) => attempt(remove(name, onGone)),
  };
}
