import { defineConfig } from "@playwright/test";
import { windowObstacle } from "./desktop-window.ts";

/** What a browser tab cannot show. */
const WINDOW_ONLY = "window.spec.ts";

/**
 * The same steps in two shells: a browser tab and, where Electron's binary can be had, the window.
 * Every test has a data folder, a host and an inference process of its own.
 */
export default defineConfig({
  testDir: ".",
  outputDir: "../../dist/e2e",
  workers: 1,
  timeout: 600_000,
  expect: { timeout: 90_000 },
  globalSetup: "./build-pages.ts",
  reporter: [["list"]],
  // build-pages.ts says in a line where the window's steps are left out.
  projects: [
    { name: "web", testIgnore: WINDOW_ONLY },
    ...(windowObstacle === undefined ? [{ name: "desktop" }] : []),
  ],
});
