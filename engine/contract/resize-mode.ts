/**
 * How a start image is resized to the size of the picture, named as in diffusers' VaeImageProcessor. `default`:
 * stretched. `crop`: scaled to cover the size, and its centre cropped. `fill`: scaled to fit inside, centred, and its
 * edges extended over the rest. Stored, so names are only added.
 */
export const RESIZE_MODES = ["default", "crop", "fill"] as const;
export type ResizeMode = (typeof RESIZE_MODES)[number];
