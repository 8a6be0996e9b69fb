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
  since: "Not up to date since {{when}}",
  notifications: "Messages",
  noMatch: "Nothing matches",
};
