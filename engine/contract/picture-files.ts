/** Maximum size of a picture file from outside, in bytes. */
export const MAX_PICTURE_BYTES = 64 << 20;

/** The extensions of pictures that can be read. A file's bytes decide which format it has. */
const ENDINGS = /\.(?:png|jpe?g|webp)$/i;

/** Whether a file may be a picture, by its name. */
export function isNamedAsPicture(path: string): boolean {
  return ENDINGS.test(path);
}

/** Whether a file, by its path in a folder, is hidden or in a hidden folder. */
export function isHidden(path: string): boolean {
  return /(?:^|[/\\])\./.test(path);
}
