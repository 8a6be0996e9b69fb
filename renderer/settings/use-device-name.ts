import type { DeviceReport } from "../../engine/contract/devices.ts";
import { useWords } from "../words/words.ts";

/** What people call a provider. */
export function useDeviceName(): (provider: DeviceReport["provider"]) => string {
  const t = useWords("settings");
  return (provider) => t(provider === "cuda" ? "drawing.cudaName" : `drawing.${provider}`);
}
