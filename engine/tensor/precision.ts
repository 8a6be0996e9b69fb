/** The type of floats in weights and activations. */
export type Precision = "float32" | "float16";
