export const ui = {
  undo: "Undo",
  close: "Close",
  dismiss: "Dismiss",
  tryAgain: "Try again",
  copyDetails: "Copy details",
  copied: "Copied",
  loading: "Loading",
  increase: "Increase {{field}}",
  decrease: "Decrease {{field}}",
  notifications: "Messages",
  help: "What {{about}} means",
  noMatch: "Nothing matches",
};
