import { defineConfig } from "@playwright/test";
import { windowObstacle } from "./desktop-window.ts";

/** Tests of what a browser tab cannot show. */
const WINDOW_ONLY = "window.spec.ts";

/**
 * Runs the same steps in two shells: a browser tab and, if Electron's binary is available, the window. Every test has
 * its own data folder, host and inference process.
 */
export default defineConfig({
  testDir: ".",
  outputDir: "../../dist/e2e",
  workers: 1,
  timeout: 600_000,
  expect: { timeout: 90_000 },
  // An event that never comes, such as a download, fails its own test soon, not after the test's whole time.
  use: { actionTimeout: 90_000 },
  // On a busy machine Chromium itself may fail; a test that passes the second time is listed as flaky.
  retries: process.env["CI"] === undefined ? 0 : 1,
  globalSetup: "./build-pages.ts",
  reporter: [["list"]],
  // build-pages.ts reports if the window's steps are left out.
  projects: [
    { name: "web", testIgnore: WINDOW_ONLY },
    ...(windowObstacle === undefined ? [{ name: "desktop" }] : []),
  ],
});
