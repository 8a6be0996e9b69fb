import { StudioError } from "../contract/errors.ts";
import type { DeviceName, DeviceReport } from "../contract/devices.ts";
import { deviceFor, type Device } from "../runtime/device.ts";
import { probeDevice, probeDevices, type OnCpuAlone, type ProbeOptions } from "../runtime/probe.ts";

/** Tries every provider that this machine might support, except those whose reports are `known`. */
export type Probe = (
  known?: readonly DeviceReport[],
  onCpuAlone?: OnCpuAlone,
) => Promise<readonly DeviceReport[]>;

/** Where libraries that were added to a data folder are. */
export type Libraries = ProbeOptions["libraries"];

/** Every provider that this machine might support, best first, with the reason if one is not used. */
export function deviceProbe(libraries: Libraries): Probe {
  return (known = [], onCpuAlone) => probeDevices({ known, onCpuAlone, libraries });
}

export interface DeviceChoice {
  /** Gives the results of an earlier probe. */
  readonly probe?: Probe | undefined;
  readonly libraries?: Libraries | undefined;
}

/**
 * Finds the device with this name, or for `auto` the best one that works. A named device that failed its last probe is
 * tried again, by itself. The speed of a CPU without a rival is not measured here.
 */
export async function chooseDevice(
  name: DeviceName,
  { probe, libraries }: DeviceChoice = {},
): Promise<Device> {
  if (name === "cpu") return deviceFor("cpu", { float16: false });
  const isOpen = name === "auto";
  const first = (): Promise<readonly DeviceReport[]> =>
    deviceProbe(libraries)([], async () => AbortSignal.abort());
  const reports = isOpen ? await (probe ?? first)() : ((await probe?.()) ?? []);
  const report = isOpen ? bestOf(reports) : await reportOf(name, reports, libraries);
  if (report?.available === true) return deviceFor(report.provider, report);
  const reason = report?.reason ?? reasonsOf(reports);
  throw new StudioError("DEVICE_UNAVAILABLE", { device: name, reason });
}

async function reportOf(
  name: DeviceReport["provider"],
  reports: readonly DeviceReport[],
  libraries: Libraries,
): Promise<DeviceReport> {
  const known = reports.find(({ provider }) => provider === name);
  return known?.available === true ? known : probeDevice(name, { libraries });
}

/** The first device that works and has no reason against it. */
export function bestOf(reports: readonly DeviceReport[]): DeviceReport | undefined {
  return reports.find(({ available, reason }) => available && reason === undefined);
}

function reasonsOf(reports: readonly DeviceReport[]): string {
  const reasons = reports.map(({ provider, reason }) => `${provider}: ${reason}`);
  return reasons.join("; ") || "ONNX Runtime has no provider for this computer";
}
