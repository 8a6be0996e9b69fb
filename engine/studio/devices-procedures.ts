import type { DeviceList } from "../worker/device-list.ts";
import { os } from "./implementer.ts";

/** What this machine can draw on. */
export function devicesProcedures({ devices }: { readonly devices: DeviceList }) {
  return {
    list: os.devices.list.handler(async ({ input }) => [...(await devices.list(input.isFresh))]),
  };
}
