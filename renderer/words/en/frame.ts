export const frame = {
  studio: "Darkroom",
  pages: "Pages",
  generate: "Generate",
  gallery: "Gallery",
  models: "Models",
  settings: "Settings",
  openPalette: "Find a command",
  openSheet: "Show keyboard shortcuts",
};
