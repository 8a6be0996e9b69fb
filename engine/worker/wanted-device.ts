import { DEVICE_NAMES, type DeviceName } from "../contract/devices.ts";
import type { Settings } from "../contract/settings.ts";

/** The device that a person chose; where that is left open, the one that DARKROOM_DEVICE names. */
export function wantedDevice(
  { device }: Pick<Settings, "device">,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): DeviceName {
  if (device !== "auto") return device;
  const named = environment["DARKROOM_DEVICE"];
  return DEVICE_NAMES.find((name) => name === named) ?? "auto";
}
