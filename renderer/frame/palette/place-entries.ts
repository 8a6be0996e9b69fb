import { useQuery } from "@tanstack/react-query";
import { FolderInput, ImageDown, Images, Info, KeyRound, Plus, Trash2 } from "lucide-react";
import { useMemo } from "react";
import { useLocation } from "wouter";
import { writeTerm } from "../../../engine/contract/gallery-search.ts";
import { useStudio } from "../../connection/studio.tsx";
import { usePictureImport } from "../../picture/use-picture-import.ts";
import type { PaletteEntry } from "../../ui/command-palette.tsx";
import { useWords } from "../../words/words.ts";

/** The gallery's albums; choosing one shows its pictures. */
export function useAlbums(): readonly PaletteEntry[] {
  const t = useWords("palette");
  const gallery = useWords("gallery");
  const { queries } = useStudio();
  const [, navigate] = useLocation();
  const albums = useQuery(queries.gallery.facets.queryOptions()).data?.albums;
  return useMemo(
    () =>
      (albums ?? []).map(({ name }) => ({
        id: `album.${name}`,
        label: t("album", { name }),
        group: gallery("rail.albums"),
        icon: Images,
        keywords: ["board", "collection"],
        run: () =>
          navigate(`/gallery?${new URLSearchParams({ search: writeTerm("album", name) })}`),
      })),
    [t, gallery, navigate, albums],
  );
}

/** The imports of the gallery; its page then shows their progress. */
export function useImports(): readonly PaletteEntry[] {
  const t = useWords("palette");
  const gallery = useWords("gallery");
  const [, navigate] = useLocation();
  const { choose } = usePictureImport();
  return useMemo(() => {
    const imports = [
      { id: "gallery.import", kind: "files", icon: ImageDown },
      { id: "gallery.import-folder", kind: "folder", icon: FolderInput },
    ] as const;
    return imports.map(({ id, kind, icon }) => ({
      id,
      label: gallery(`import.${kind}`),
      group: gallery("actions.group"),
      icon,
      keywords: [t("findImports")],
      run: () => {
        choose(kind);
        navigate("/gallery");
      },
    }));
  }, [t, gallery, choose, navigate]);
}

/** Forms and texts of other pages, available on every page; the ids are those of the pages' own actions. */
export function usePlaces(): readonly PaletteEntry[] {
  const frame = useWords("frame");
  const t = useWords("palette");
  const [, navigate] = useLocation();
  return useMemo(() => {
    const group = frame("studio");
    const places = [
      { id: "models.import", name: "import", icon: FolderInput, to: "/models?get=folder" },
      { id: "endpoints.add", name: "endpoint", icon: Plus, to: "/endpoints?add" },
      { id: "buckets.add", name: "connection", icon: Plus, to: "/buckets?add" },
      { id: "server.key", name: "key", icon: KeyRound, to: "/server?show=keys&key" },
      { id: "gallery.trash", name: "trash", icon: Trash2, to: "/gallery?trash=true" },
      { id: "settings.about", name: "about", icon: Info, to: "/settings?line=about" },
    ] as const;
    return places.map(({ id, name, icon, to }) => ({
      id,
      label: t(`places.${name}`),
      group,
      icon,
      keywords: [t(`findPlaces.${name}`)],
      run: () => navigate(to),
    }));
  }, [frame, t, navigate]);
}
