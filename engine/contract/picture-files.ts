/** A picture file from outside is refused beyond this many bytes. */
export const MAX_PICTURE_BYTES = 64 << 20;

/** How the names of pictures end that can be read. Which of them a file is, its bytes say. */
const ENDINGS = /\.(?:png|jpe?g|webp)$/i;

/** Whether a file in a folder is worth reading as a picture. */
export function isNamedAsPicture(path: string): boolean {
  return ENDINGS.test(path);
}

/** Whether a file, by its path in a folder, is hidden or in a hidden folder. */
export function isHidden(path: string): boolean {
  return /(?:^|[/\\])\./.test(path);
}
