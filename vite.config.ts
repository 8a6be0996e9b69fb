import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    passWithNoTests: false,
    projects: [
      { test: { name: "engine", include: ["test/engine/**/*.test.ts"], testTimeout: 30_000 } },
      { test: { name: "house", include: ["test/house/**/*.test.ts"] } },
      // Whole pictures, real processes, kills: minutes, so apart from `npm test`.
      { test: { name: "slow", include: ["test/slow/**/*.test.ts"], testTimeout: 600_000 } },
    ],
  },
});
