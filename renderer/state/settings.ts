import type { Settings, SettingsChange } from "../../engine/contract/settings.ts";
import type { Studio } from "../connection/studio.tsx";

/** Changes a setting once the studio has accepted it: a typed text stays as it is until then. */
export async function saveSettings(studio: Studio, change: SettingsChange): Promise<Settings> {
  const settings = await studio.client.settings.change(change);
  showSettings(studio, settings);
  return settings;
}

/** Changes a setting: shown at once, and reverted if the studio refuses it. */
export async function changeSettings(studio: Studio, change: SettingsChange): Promise<Settings> {
  const before = studio.cache.getQueryData(studio.queries.settings.get.queryKey());
  if (before !== undefined) showSettings(studio, { ...before, ...withoutNulls(change) });
  try {
    return await saveSettings(studio, change);
  } catch (error) {
    if (before !== undefined) showSettings(studio, before);
    throw error;
  }
}

/** Shows these settings. A pending reply could be older, so it is cancelled. */
export function showSettings({ cache, queries }: Studio, settings: Settings): void {
  const queryKey = queries.settings.get.queryKey();
  void cache.cancelQueries({ queryKey });
  cache.setQueryData(queryKey, settings);
}

function withoutNulls(change: SettingsChange): Partial<Settings> {
  return Object.fromEntries(
    Object.entries(change).map(([name, value]) => [name, value ?? undefined]),
  );
}
