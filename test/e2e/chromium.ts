import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A Chromium that is installed on this machine; Playwright's own download is not needed. */
export const chromiumPath = PLACES.find((path) => existsSync(path));

/**
 * Chromium itself sends no requests, so that every request a test counts is the page's; and it can start as root, for
 * whom there is no sandbox.
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
