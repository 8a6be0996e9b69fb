import { create } from "zustand";
import { persist } from "zustand/middleware";

/** Which pictures the gallery showed last, as its address says it. */
export interface GalleryMemory {
  readonly query: string;
}

/** What outlives the window: filters that are still on at the next start would look like lost pictures. */
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
