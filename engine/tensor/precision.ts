/** What floats of weights and activations are: 32 or 16 bits. */
export type Precision = "float32" | "float16";
