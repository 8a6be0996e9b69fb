/** Darkroom's name and version as stored in pictures. */
export const SOFTWARE = { software: "Darkroom", version: "0.1.0" };
