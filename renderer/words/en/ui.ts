export const ui = {
  undo: "Undo",
  close: "Close",
  keep: "Keep it",
  save: "Save",
  dismiss: "Dismiss",
  tryAgain: "Try again",
  copyDetails: "Copy details",
  copied: "Copied",
  notifications: "Messages",
  help: "What {{about}} means",
  noMatch: "Nothing matches",
};

export const shortcuts = {
  palette: "Commands",
  palettePlaceholder: "What would you like to do?",
  sheet: "Keyboard shortcuts",
};
