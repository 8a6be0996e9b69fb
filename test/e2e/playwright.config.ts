import { defineConfig } from "@playwright/test";

/**
 * The same steps in two shells: a browser tab and, where Electron's binary can be had, the window.
 * Every test has a data folder, a host and an inference process of its own.
 */
export default defineConfig({
  testDir: ".",
  outputDir: "../../dist/e2e",
  workers: 1,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  globalSetup: "./build-pages.ts",
  reporter: [["list"]],
  projects: [{ name: "web" }, { name: "desktop" }],
});
