import { fileURLToPath } from "node:url";
import optimizeLocales from "@react-aria/optimize-locales-plugin";
import react from "@vitejs/plugin-react";
import type { UserConfig } from "vite";
import { defineConfig } from "vitest/config";

/** The studio that the dev server's pages talk to; it answers to its own name only. */
const studio = {
  target: "http://127.0.0.1:7860",
  changeOrigin: true,
  headers: { origin: "http://127.0.0.1:7860" },
};

/** The pages, for a window and a browser alike. */
const pages: UserConfig = {
  root: "renderer",
  base: "/",
  // The controls bring their words in thirty languages; ours is English so far.
  plugins: [react(), { ...optimizeLocales.vite({ locales: ["en-US"] }), enforce: "pre" }],
  build: { outDir: "../dist/renderer", emptyOutDir: true, target: "es2024", assetsInlineLimit: 0 },
  // `npm run dev:web` beside `npm run darkroom -- serve`; with `?fake=few` no studio is needed.
  server: {
    fs: { allow: [".."] },
    proxy: Object.fromEntries(["/rpc", "/session", "/pictures"].map((path) => [path, studio])),
  },
};

/** Electron's main process; what runs there is Node's. */
const main: UserConfig = {
  build: {
    outDir: "dist/electron",
    emptyOutDir: true,
    target: "node24",
    lib: { entry: "electron/main.ts", formats: ["es"], fileName: "main" },
    rolldownOptions: { external: [/^node:/, "electron"] },
  },
};

/** A sandboxed preload script is CommonJS and one file. */
const preload: UserConfig = {
  build: {
    outDir: "dist/electron",
    emptyOutDir: false,
    target: "chrome140",
    lib: { entry: "electron/preload.ts", formats: ["cjs"], fileName: () => "preload.cjs" },
    rolldownOptions: { external: ["electron"] },
  },
};

const builds: Readonly<Record<string, UserConfig>> = { electron: main, preload };

/** How long a test polls, in milliseconds; its own default of one second fails on a busy machine. */
const patient = { expect: { poll: { timeout: 20_000 } } };

/**
 * A worker runs one file after the other with what it has loaded: loading the studio anew for each took more processor
 * than the tests themselves. What a test changes in its process it takes back; stubs and spies are taken back for it.
 */
const shared = {
  ...patient,
  isolate: false,
  unstubEnvs: true,
  unstubGlobals: true,
  restoreMocks: true,
};

/** The suite of the contract over some of the transports in test/contract/transports.ts. */
const contract = (name: string, transports: string) => ({
  test: {
    name,
    ...shared,
    include: ["test/contract/**/*.test.ts"],
    testTimeout: 60_000,
    env: { DARKROOM_TEST_TRANSPORTS: transports },
  },
});

/** A suite that `npm test` leaves out. */
const apart = (name: string, testTimeout: number) => ({
  test: { ...patient, name, include: [`test/${name}/**/*.test.ts`], testTimeout },
});

export default defineConfig(({ mode }) => ({
  ...(builds[mode] ?? pages),
  ...(mode === "test" ? { root: "." } : {}),
  test: {
    passWithNoTests: false,
    // Its own default leaves one core of two idle.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "engine",
          ...shared,
          include: ["test/engine/**/*.test.ts"],
          testTimeout: 60_000,
        },
      },
      // One suite over every way to reach a studio: the pages' own is quick, the two others are slow.
      contract("contract", "HTTP"),
      contract("contract-slow", "in process, the host's socket"),
      {
        test: {
          name: "electron",
          ...shared,
          include: ["test/electron/**/*.test.ts"],
          testTimeout: 30_000,
          // Its binary is not everywhere: a recording fake stands in.
          alias: { electron: fileURLToPath(new URL("test/fakes/electron.ts", import.meta.url)) },
        },
      },
      {
        test: {
          name: "renderer",
          ...shared,
          testTimeout: 30_000,
          include: ["test/renderer/**/*.test.{ts,tsx}"],
        },
      },
      {
        test: {
          name: "house",
          ...shared,
          testTimeout: 60_000,
          include: ["test/house/**/*.test.ts"],
        },
      },
      // Whole pictures, real processes, kills: minutes, so apart from `npm test`.
      apart("slow", 600_000),
      // Other programs, which `npm run test:interop` installs: this project alone runs none.
      apart("interop", 1_200_000),
    ],
  },
}));
