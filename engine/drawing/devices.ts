import { StudioError } from "../contract/errors.ts";
import type { DeviceName, DeviceReport } from "../contract/devices.ts";
import { deviceFor, type Device } from "../runtime/device.ts";
import { probeDevice, probeDevices } from "../runtime/probe.ts";

/** Finds the device a person named, or for `auto` the best one that works; the CPU always does. */
export async function chooseDevice(name: DeviceName): Promise<Device> {
  if (name === "cpu") return deviceFor("cpu", { float16: false });
  const reports = name === "auto" ? await probeDevices() : [await probeDevice(name)];
  const best = name === "auto" ? bestOf(reports) : reports.find(({ available }) => available);
  if (best !== undefined) return deviceFor(best.provider, best);
  const reason = reports[0]?.reason ?? "ONNX Runtime has no provider for this machine";
  throw new StudioError("DEVICE_UNAVAILABLE", { device: name, reason });
}

/** The first that works and has no reason to be passed over. */
function bestOf(reports: readonly DeviceReport[]): DeviceReport | undefined {
  return reports.find(({ available, reason }) => available && reason === undefined);
}
