import type { Settings, SettingsChange } from "../../engine/contract/settings.ts";
import { useStudio } from "../connection/studio.tsx";
import { changeSettings, saveSettings } from "../state/settings.ts";
import { attempt } from "../ui/toasts.ts";

/** Changes a setting immediately; a refusal is shown in a toast. */
export function useChange(): (change: SettingsChange) => void {
  const studio = useStudio();
  return (change) => attempt(changeSettings(studio, change));
}

/** Changes a setting that was typed; a refusal is for the field to show. */
export function useSave(): (change: SettingsChange) => Promise<Settings> {
  const studio = useStudio();
  return (change) => saveSettings(studio, change);
}
