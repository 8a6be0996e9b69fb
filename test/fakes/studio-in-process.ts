import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { createStudio, type Studio } from "../../engine/studio/create-studio.ts";
import type { StudioOptions } from "../../engine/studio/studio-options.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A studio in the test's own process; it must not log errors, and is closed when the test ends. */
export async function studioInProcess(options: Partial<StudioOptions> = {}): Promise<Studio> {
  const { dataFolder = temporaryFolder() } = options;
  const studio = await createStudio({
    cacheFolder: join(dataFolder, "caches"),
    addressOf: (kind, id) => `/pictures/${kind}/${id}`,
    freshAddress: () => "http://studio.invalid",
    logError: (error) => expect.unreachable(String(error)),
    ...options,
    dataFolder,
  });
  onTestFinished(() => studio.close());
  return studio;
}
