import type { GalleryNames } from "../../../engine/contract/gallery.ts";

/** Names of these numbers of pictures a day, newest first: `a0 a1 …` today, `b0 …` the day before. */
export function namesOf(...counts: readonly number[]): GalleryNames {
  const days = counts.map((count, index) => {
    const letter = String.fromCodePoint(97 + index);
    return {
      day: new Date(Date.UTC(2026, 10, 24 - index)).toISOString().slice(0, 10),
      ids: Array.from({ length: count }, (_, place) => `${letter}${place}`),
    };
  });
  return { total: counts.reduce((sum, count) => sum + count, 0), days };
}
