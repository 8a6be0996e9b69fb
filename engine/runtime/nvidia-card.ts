import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Where Linux lists the devices on the PCI bus. */
const PCI = "/sys/bus/pci/devices";

/** Vendors by their PCI number. Microsoft's device is how Windows lends its card to WSL. */
const NVIDIA = "0x10de";
const MICROSOFT = "0x1414";

/** Whether this computer has an NVIDIA card; undefined if that cannot be told, as in WSL and outside Linux. */
export async function hasNvidiaCard(folder = PCI): Promise<boolean | undefined> {
  try {
    const devices = await readdir(folder);
    const texts = await Promise.all(
      devices.map((device) => readFile(join(folder, device, "vendor"), "utf8")),
    );
    const vendors = new Set(texts.map((text) => text.trim()));
    if (vendors.has(NVIDIA)) return true;
    return vendors.size === 0 || vendors.has(MICROSOFT) ? undefined : false;
  } catch {
    return undefined;
  }
}
