import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A Chromium of this machine's; Playwright's own download is not needed. */
export const chromiumPath = PLACES.find((path) => existsSync(path));

/**
 * Nothing of Chromium's own goes out, so that what a test counts as a request is the page's; and it
 * starts as root, which has no sandbox.
 */
export const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
