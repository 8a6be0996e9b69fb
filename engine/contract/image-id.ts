import { z } from "zod";

/** A picture of the gallery, in every place that names one. */
export const imageIdSchema = z.string().regex(/^[\w-]{1,64}$/);

/** Most ids that one call takes. */
export const MAX_IDS = 500;
export const imageIdsSchema = z.array(imageIdSchema).min(1).max(MAX_IDS);
