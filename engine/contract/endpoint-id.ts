import { z } from "zod";

export const endpointIdSchema = z.string().regex(/^[\w-]{1,64}$/);
