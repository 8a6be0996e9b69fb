import type { Settings, SettingsChange } from "../../engine/contract/settings.ts";
import type { Studio } from "../connection/studio.tsx";

/** Changes a setting: shown at once, and reverted if the studio refuses it. */
export async function changeSettings(studio: Studio, change: SettingsChange): Promise<Settings> {
  const key = studio.queries.settings.get.queryKey();
  const before = studio.cache.getQueryData(key);
  if (before !== undefined) studio.cache.setQueryData(key, { ...before, ...withoutNulls(change) });
  try {
    const settings = await studio.client.settings.change(change);
    studio.cache.setQueryData(key, settings);
    return settings;
  } catch (error) {
    studio.cache.setQueryData(key, before);
    throw error;
  }
}

function withoutNulls(change: SettingsChange): Partial<Settings> {
  return Object.fromEntries(
    Object.entries(change).map(([name, value]) => [name, value ?? undefined]),
  );
}
