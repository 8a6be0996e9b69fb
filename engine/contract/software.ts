/** What Darkroom is called in pictures, and its version. */
export const SOFTWARE = { software: "Darkroom", version: "0.1.0" };
