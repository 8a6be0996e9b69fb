import { create } from "zustand";
import { persist } from "zustand/middleware";

/** The gallery's last view, as the search part of its address. */
export interface GalleryMemory {
  readonly query: string;
}

/** Parameters that are kept when the window closes: filters left on would look like lost pictures at the next start. */
const LASTING: ReadonlySet<string> = new Set(["sort"]);

export const useGalleryMemory = create<GalleryMemory>()(
  persist((): GalleryMemory => ({ query: "" }), {
    name: "darkroom.gallery",
    version: 1,
    partialize: ({ query }) => {
      const all = [...new URLSearchParams(query)];
      return {
        query: new URLSearchParams(all.filter(([name]) => LASTING.has(name))).toString(),
      };
    },
  }),
);

export function rememberQuery(query: string): void {
  useGalleryMemory.setState({ query });
}
