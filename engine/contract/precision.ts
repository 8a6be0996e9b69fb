/** The precisions of the UNet's products that a person can choose on a CPU; a GPU uses its own. */
export const PRECISIONS = ["float32", "int8"] as const;

/** The precisions of stored pictures. Names are only added. */
export const USED_PRECISIONS = ["float32", "float16", "int8"] as const;
