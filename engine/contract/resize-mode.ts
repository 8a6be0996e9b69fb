/**
 * How a start image comes to the size of the drawing, by the names of diffusers' VaeImageProcessor. `default`: stretched
 * to it. `crop`: as large as fills it, its middle. `fill`: as large as fits, centred, with its edges drawn out over the
 * rest. Stored: only ever grows.
 */
export const RESIZE_MODES = ["default", "crop", "fill"] as const;
export type ResizeMode = (typeof RESIZE_MODES)[number];
