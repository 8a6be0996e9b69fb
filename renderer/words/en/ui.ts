export const ui = {
  undo: "Undo",
  close: "Close",
  keep: "Keep it",
  save: "Save",
  saved: "Saved",
  dismiss: "Dismiss",
  enterName: "Enter a name.",
  tryAgain: "Try again",
  incomplete: "The rest of the list could not be read.",
  stale: "Not up to date, last read at {{when}}.",
  copyDetails: "Copy details",
  copied: "Copied",
  notifications: "Messages",
  help: "What {{about}} means",
};

export const shortcuts = {
  sheet: "Keyboard shortcuts",
};
