import { StudioError } from "../contract/errors.ts";
import type { DeviceName, DeviceReport } from "../contract/devices.ts";
import { deviceFor, type Device } from "../runtime/device.ts";
import { probeDevice, probeDevices } from "../runtime/probe.ts";

/** Tries every provider that this machine might have. */
export type Probe = () => Promise<readonly DeviceReport[]>;

/** Every way to compute that this machine might have, best first, with the reason where one is not used. */
export const listDevices: Probe = () => probeDevices();

/** Finds the device a person named, or for `auto` the best one that works; the CPU always does. */
export async function chooseDevice(name: DeviceName, probe?: Probe): Promise<Device> {
  if (name === "cpu") return deviceFor("cpu", { float16: false });
  const report =
    name === "auto" ? bestOf(await (probe ?? probeDevices)()) : await reportOf(name, probe);
  if (report?.available === true) return deviceFor(report.provider, report);
  const reason = report?.reason ?? "ONNX Runtime has no provider for this machine";
  throw new StudioError("DEVICE_UNAVAILABLE", { device: name, reason });
}

async function reportOf(name: DeviceReport["provider"], probe?: Probe): Promise<DeviceReport> {
  const known = (await probe?.())?.find(({ provider }) => provider === name);
  return known ?? probeDevice(name);
}

/** The first that works and has no reason to be passed over. */
export function bestOf(reports: readonly DeviceReport[]): DeviceReport | undefined {
  return reports.find(({ available, reason }) => available && reason === undefined);
}
