export const shortcuts = {
  palette: "Commands",
  palettePlaceholder: "What would you like to do?",
  sheet: "Keyboard shortcuts",
};
