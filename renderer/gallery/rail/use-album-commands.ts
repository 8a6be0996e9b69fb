import { useStudio } from "../../connection/studio.tsx";
import { attempt, type Done, doUndoable, showUndo } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { inParts } from "../../picture/in-parts.ts";

/** Commands for albums themselves; each can be undone. */
export function useAlbumCommands() {
  const { client } = useStudio();
  const t = useWords("gallery");
  const { gallery } = client;
  const move = async (name: string, place: number): Promise<Done> => {
    const { albums } = await gallery.facets();
    const before = albums.findIndex((album) => album.name === name);
    await gallery.changeAlbum({ name, place });
    const undo = () => gallery.changeAlbum({ name, place: before });
    return { text: t("rail.moved", { album: name }), undo };
  };
  const remove = async (name: string, onGone: () => void): Promise<Done> => {
    const { ids, place, cover } = await gallery.deleteAlbum({ name });
    onGone();
    const undo = async () => {
      await gallery.makeAlbum({ name });
      await inParts(ids, (part) => gallery.addToAlbum({ name, ids: part }));
      await gallery.changeAlbum({ name, place, cover });
    };
    return { text: t("rail.deleted", { album: name }), undo };
  };
  // The dialog for the name shows errors itself and stays open, so these reject instead of showing a toast.
  const make = async (name: string) => {
    await gallery.makeAlbum({ name });
    showUndo(t("rail.made", { album: name }), {
      label: t("undo"),
      run: () => attempt(gallery.deleteAlbum({ name })),
    });
  };
  const rename = async (name: string, newName: string) => {
    await gallery.changeAlbum({ name, newName });
    showUndo(t("rail.renamed", { album: newName }), {
      label: t("undo"),
      run: () => attempt(gallery.changeAlbum({ name: newName, newName: name })),
    });
  };
  return {
    make,
    rename,
    move: (name: string, place: number) => doUndoable(t("undo"), () => move(name, place)),
    remove: (name: string, onGone: () => void) => doUndoable(t("undo"), () => remove(name, onGone)),
  };
}
