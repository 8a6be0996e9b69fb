/** What a person may have the UNet's products computed in on a CPU; a GPU keeps to its own. */
export const PRECISIONS = ["float32", "int8"] as const;

/** What a picture may have been computed in. Stored: only ever grows. */
export const USED_PRECISIONS = ["float32", "float16", "int8"] as const;
