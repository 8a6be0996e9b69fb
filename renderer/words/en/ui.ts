export const ui = {
  undo: "Undo",
  close: "Close",
  dismiss: "Dismiss",
  tryAgain: "Try again",
  copyDetails: "Copy details",
  copied: "Copied",
  notifications: "Messages",
  help: "What {{about}} means",
  noMatch: "Nothing matches",
};
