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
};

export const shortcuts = {
  sheet: "Keyboard shortcuts",
};
