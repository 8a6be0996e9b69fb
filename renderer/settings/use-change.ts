import type { SettingsChange } from "../../engine/contract/settings.ts";
import { useStudio } from "../connection/studio.tsx";
import { changeSettings } from "../state/settings.ts";
import { attempt } from "../ui/toasts.ts";

/** Changes a setting immediately; a refusal is shown in a toast. */
export function useChange(): (change: SettingsChange) => void {
  const studio = useStudio();
  return (change) => attempt(changeSettings(studio, change));
}
