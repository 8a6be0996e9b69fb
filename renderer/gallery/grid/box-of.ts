/** Between a tile's edge and its picture, pixels. */
const INSET = 8;
/** Small pictures are shown at most so many times their size. */
const MOST_TIMES = 3;

/** How large a picture is shown in a tile: whole, and in whole pixels. */
export function boxOf(
  picture: { readonly width: number; readonly height: number },
  side: number,
): { readonly width: number; readonly height: number } {
  const room = side - 2 * INSET;
  const times = Math.min(room / picture.width, room / picture.height, MOST_TIMES);
  return {
    width: Math.max(1, Math.round(picture.width * times)),
    height: Math.max(1, Math.round(picture.height * times)),
  };
}
