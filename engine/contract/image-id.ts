import { z } from "zod";

/** The id of a picture in the gallery. */
export const imageIdSchema = z.string().regex(/^[\w-]{1,64}$/);

/** Maximum number of ids per call. */
export const MAX_IDS = 500;
export const imageIdsSchema = z.array(imageIdSchema).min(1).max(MAX_IDS);
